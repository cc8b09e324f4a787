#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import ToolReward
internal import ToolRewardData

/// What a caller gives, checked as far as it can be.
enum Input {
  /// Bytes by pointer and length.
  static func bytes(
    _ start: UnsafePointer<CChar>?, _ count: Int, _ name: StaticString
  ) throws(Failure) -> UnsafeBufferPointer<UInt8> {
    guard count >= 0 else { throw .argument("the length of \(name) is beyond what memory can have") }
    guard let start = unsafe start else {
      guard count == 0 else { throw .argument("\(name) is null, but has a length of \(count)") }
      return unsafe UnsafeBufferPointer(start: nil, count: 0)
    }
    return unsafe UnsafeBufferPointer(
      start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
  }

  /// Checks that offsets ascend within a text.
  static func check(_ offsets: UnsafePointer<Int64>, _ count: Int, _ length: Int) throws(Failure) {
    var last: Int64 = 0
    for index in 0...count {
      let offset = unsafe offsets[index]
      guard offset >= last, offset <= Int64(length) else {
        throw .argument(
          "offsets[\(index)] is \(offset): offsets ascend from 0 on, up to the \(length) bytes of completions at most")
      }
      last = offset
    }
  }

  static func policy(_ options: [UInt8]) throws(Failure) -> PolicyObject {
    let parsed: ScorerOptions
    do throws(ConfigurationError) {
      parsed = options.isEmpty ? ScorerOptions() : try ScorerOptions(json: options)
    } catch {
      throw .options("options:\(error)")
    }
    do throws(ScorerOptionsError) {
      return PolicyObject(try Scorer(parsed))
    } catch {
      throw .options("\(error)")
    }
  }

  static func tools(_ text: Span<UInt8>) throws(Failure) -> ToolsObject {
    let value: Value
    do throws(ValueError) {
      value = try ValueReader().read(text)
    } catch {
      throw .tools("the tools are not JSON: \(error)")
    }
    do throws(ToolboxError) {
      return ToolsObject(try Toolbox(value))
    } catch {
      throw .tools("\(error)")
    }
  }

  static func task(_ text: Span<UInt8>, _ policy: PolicyObject, _ tools: ToolsObject?) throws(Failure) -> TaskObject {
    let reward = policy.scorer.reward
    let value: Value
    do throws(ValueError) {
      value = try ValueReader.read(text, as: reward.syntax)
    } catch {
      throw .groundTruth("the ground truth is not JSON: \(error)")
    }
    do throws(GroundTruthError) {
      let truth = try reward.compile(groundTruth: value)
      return TaskObject(
        policy, ScoringTask(groundTruth: truth, tools: policy.scorer.usesTools ? tools?.toolbox : nil))
    } catch {
      throw .groundTruth("\(error)")
    }
  }
}

/// What a caller gets.
enum Output {
  /// Gives parts of a text as one, with a NUL after it.
  static func give(
    _ parts: [[UInt8]], to text: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
    _ length: UnsafeMutablePointer<Int>?
  ) throws(Failure) {
    let count = parts.reduce(0) { $0 + $1.count }
    guard let memory = unsafe malloc(count + 1) else { throw .memory }
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: memory, count: count + 1)
    var position = 0
    for part in parts {
      unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[position...]).copyBytes(from: part)
      position += part.count
    }
    unsafe buffer[count] = 0
    unsafe text.pointee = memory.assumingMemoryBound(to: CChar.self)
    if let length = unsafe length { unsafe length.pointee = count }
  }
}
