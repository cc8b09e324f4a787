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

  static func policy(_ options: [UInt8]) throws(Failure) -> PolicyObject {
    let parsed: ScorerOptions
    do throws(ConfigurationError) {
      parsed = options.isEmpty ? ScorerOptions() : try ScorerOptions(json: options)
    } catch {
      throw .options("options:\(error)")
    }
    do throws(ScorerOptionsError) {
      return try PolicyObject(parsed)
    } catch {
      throw .options("\(error)")
    }
  }

  static func tools(_ text: Span<UInt8>) throws(Failure) -> ToolsObject {
    let value: Value
    do throws(ValueError) {
      // Within a record they are one level down.
      value = try ValueReader.read(text, as: .json, depth: 1)
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
      value = try ValueReader.read(text, as: reward.syntax, depth: 1)
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

/// Where the texts of a batch are.
@safe
enum BatchTexts {
  /// One after the other; each begins where the one before it ends.
  case together(UnsafeBufferPointer<UInt8>, offsets: UnsafePointer<Int64>)
  /// Each by itself.
  case apart(UnsafePointer<UnsafePointer<CChar>?>, lengths: UnsafePointer<Int>)
  /// Nowhere: there are none.
  case none

  /// As many texts as a batch can have.
  private static let most = 1 << 40

  /// Texts one after the other, after checking that their offsets ascend within them.
  init(_ text: UnsafeBufferPointer<UInt8>, _ offsets: UnsafePointer<Int64>?, _ count: Int) throws(Failure) {
    guard count >= 0, count < Self.most else { throw .argument("count is beyond what a batch can have") }
    guard let offsets = unsafe offsets else {
      guard count == 0 else { throw .argument("offsets is null; it has count + 1 numbers") }
      self = .none
      return
    }
    var last: Int64 = 0
    for index in 0...count {
      let offset = unsafe offsets[index]
      guard offset >= last, offset <= Int64(text.count) else {
        throw .argument(
          "offsets[\(index)] is \(offset): offsets ascend from 0 on, up to the \(text.count) bytes of completions at most"
        )
      }
      last = offset
    }
    self = unsafe .together(text, offsets: offsets)
  }

  /// Texts by themselves, after checking their lengths.
  init(
    _ texts: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int>?, _ count: Int,
    _ name: StaticString = "texts"
  ) throws(Failure) {
    guard count >= 0, count < Self.most else { throw .argument("count is beyond what a batch can have") }
    guard let texts = unsafe texts, let lengths = unsafe lengths else {
      guard count == 0 else { throw .argument("\(name) or their lengths are null") }
      self = .none
      return
    }
    for index in 0..<count {
      let length = unsafe lengths[index]
      let isNull = unsafe texts[index] == nil
      guard length >= 0, length == 0 || !isNull else {
        throw .argument("\(name)[\(index)] is null or its length beyond what memory can have")
      }
    }
    self = unsafe .apart(texts, lengths: lengths)
  }

  /// The bytes of a text.
  subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
    switch self {
    case .none:
      return unsafe UnsafeBufferPointer(start: nil, count: 0)
    case .together(let text, let offsets):
      return unsafe UnsafeBufferPointer(rebasing: text[Int(offsets[index])..<Int(offsets[index + 1])])
    case .apart(let texts, let lengths):
      let start = unsafe UnsafeRawPointer(texts[index])?.assumingMemoryBound(to: UInt8.self)
      return unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : lengths[index])
    }
  }
}

/// Where the results of a batch go.
@safe
struct BatchResults {
  let scores: UnsafeMutablePointer<Double>?
  let components: UnsafeMutablePointer<Double>?
  let componentsCapacity: Int
  let lines: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  let linesLength: UnsafeMutablePointer<Int>?
}
