internal import ToolReward
internal import ToolRewardLines

extension LogLinearPolicy {
  private static let magic = Array("TOOLREWARD LOGLINEAR 1\n".utf8)
  private static let fileName = "policy.bin"

  /// Writes `policy.bin`: a line that names the format, the vocabulary's fingerprint, the step count, the number of parameters, then
  /// parameters, reference and both moments as little-endian binary64.
  public func save(to folder: String) throws(PolicyError) {
    var bytes = Self.magic
    for number in [vocabulary.fingerprint, UInt64(stepCount), UInt64(parameters.count)] { Self.append(number, &bytes) }
    bytes.reserveCapacity(bytes.count + parameters.count * 32)
    for list in [parameters, reference, firstMoments, secondMoments] {
      for number in list { Self.append(number.bitPattern, &bytes) }
    }
    do throws(InputOutputError) {
      try DurableFiles.write(bytes, to: "\(folder)/\(Self.fileName)")
    } catch {
      throw PolicyError("\(error)", isInputOutput: true)
    }
  }

  /// Reads what ``save(to:)`` wrote.
  ///
  /// - Throws: ``PolicyError`` if it cannot be read, is no such file, or belongs to a policy of other tasks.
  public func load(from folder: String) throws(PolicyError) {
    let path = "\(folder)/\(Self.fileName)"
    let bytes: [UInt8]
    do throws(InputOutputError) {
      bytes = try LineSource.wholeFile(path)
    } catch {
      throw PolicyError("\(error)", isInputOutput: true)
    }
    var place = Self.magic.count
    guard bytes.starts(with: Self.magic), bytes.count >= place + 24 else {
      throw PolicyError("\(path) holds no policy of this kind")
    }
    let header = (0..<3).map { _ in Self.number(bytes, &place) }
    guard header[0] == vocabulary.fingerprint, header[2] == UInt64(parameters.count) else {
      throw PolicyError("\(path) belongs to a policy of other tasks or of another size")
    }
    guard bytes.count == place + parameters.count * 32, let steps = Int(exactly: header[1]) else {
      throw PolicyError("\(path) is cut off or has something behind its end")
    }
    func list() -> [Double] { parameters.indices.map { _ in Double(bitPattern: Self.number(bytes, &place)) } }
    (parameters, reference, firstMoments, secondMoments) = (list(), list(), list(), list())
    stepCount = steps
    gradient = [Double](repeating: 0, count: parameters.count)
    forgetContexts()
  }

  private static func append(_ number: UInt64, _ bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  private static func number(_ bytes: [UInt8], _ place: inout Int) -> UInt64 {
    var number: UInt64 = 0
    for offset in 0..<8 { number |= UInt64(bytes[place + offset]) << UInt64(8 * offset) }
    place += 8
    return number
  }
}
