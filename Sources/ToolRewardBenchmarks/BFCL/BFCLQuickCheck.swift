internal import ToolReward

/// Tells of most answers whether they are right, without making values of them: what calls hold is compared where it was read, with the
/// answers of a category packed one after the other.
///
/// It says what ``BFCLChecker`` does, or nothing: whatever is unusual is left to that one.
struct BFCLQuickCheck: Sendable {
  /// What is known of an answer.
  enum Result: Equatable {
    case right
    case wrong(BFCLErrorType)
    case unknown
  }

  // For each sample: how many calls; for each call its size, name, which arguments it must have, as bits, which of them the function requires,
  // how many arguments there are; for each argument its size, name, kind, traits and values.
  let bytes: [UInt8]
  /// Where each sample begins; -1 for one that is not of the plain kind.
  private let starts: [Int32]
  /// Whether arguments are Java's or JavaScript's source text.
  let isSource: Bool

  enum Kind: UInt8 {
    /// Left to the checker.
    case other
    case string, integer, float, boolean
    /// A string as JavaScript has it, perhaps with quotes around it.
    case quoted
    /// Lists of one of them.
    case strings, integers, floats
    /// Objects of members that are texts, numbers or truth values.
    case dictionary
  }

  /// What is true of an argument's values.
  struct Traits: OptionSet {
    let rawValue: UInt8
    /// No value but the packed ones equals one of the right type.
    static let isComplete = Traits(rawValue: 1)
    /// A value of another type has the wrong type for the function and the answer alike.
    static let isOfOneType = Traits(rawValue: 2)
  }

  /// Packs the answers of a category's samples.
  init(_ samples: [BFCLQuestion], _ language: BFCLCategory.Language) {
    var packer = BFCLAnswerPacker()
    var starts: [Int32] = []
    for sample in samples {
      guard let packed = BFCLAnswerPacker.packed(sample.expected, language) else {
        starts.append(-1)
        continue
      }
      starts.append(Int32(clamping: packer.bytes.count))
      packer.bytes += packed.bytes
    }
    bytes = packer.bytes
    self.starts = starts
    isSource = language != .python
  }

  /// Compares calls.
  ///
  /// - Parameters:
  ///   - sample: The sample's place in its category.
  ///   - calls: The nodes of names and arguments.
  ///   - tape: Where they are.
  ///   - rule: The category's.
  ///   - turnsDots: Whether names have underscores for dots.
  func check(
    _ sample: Int, _ calls: [(name: Int, arguments: Int)], _ tape: TapeView, _ rule: BFCLCategory.Rule, turnsDots: Bool
  ) -> Result {
    guard starts[sample] >= 0 else { return .unknown }
    for call in calls {
      guard tape.kind(call.arguments) == .object, !tape.hasDuplicates(call.arguments) else { return .unknown }
    }
    var reader = BFCLAnswerReader(bytes.span, at: Int(starts[sample]))
    let count = reader.number()
    guard calls.count == (rule == .parallel || rule == .multiple ? count : 1) else {
      return .wrong(
        rule == .parallel ? .parallelWrongCount : rule == .multiple ? .multipleWrongCount : .simpleWrongCount)
    }
    if rule != .parallel {
      _ = reader.number()
      return check(calls[0], tape, reader, turnsDots: turnsDots)
    }
    // The first fit counts, and is not taken back.
    guard count <= 64 else { return .unknown }
    var used: UInt64 = 0
    for _ in 0..<count {
      let size = reader.number()
      var isFound = false
      for place in 0..<count where used & (1 << UInt64(place)) == 0 {
        switch check(calls[place], tape, reader, turnsDots: turnsDots) {
        case .right: isFound = true
        case .wrong: continue
        case .unknown: return .unknown
        }
        used |= 1 << UInt64(place)
        break
      }
      guard isFound else { return .wrong(.parallelCannotFindMatch) }
      reader.position += size
    }
    return .right
  }

  /// Compares a call with the answer that the reader stands before.
  private func check(
    _ call: (name: Int, arguments: Int), _ tape: TapeView, _ answer: borrowing BFCLAnswerReader, turnsDots: Bool
  ) -> Result {
    var reader = BFCLAnswerReader(bytes.span, at: answer.position)
    let name = reader.range()
    guard tape.isText(call.name) else { return .unknown }
    guard isName(name, tape, call.name, turnsDots) else { return .wrong(.wrongFunctionName) }
    let needed = reader.bits()
    let required = reader.bits()
    let count = reader.number()
    let first = reader.position

    // Which arguments are given, and what is first wrong about them in the model's order.
    var given: UInt64 = 0
    var wrong: BFCLErrorType?
    // The argument that is looked at next, and where it is.
    var place = 0
    var start = first
    var member = call.arguments + 1
    let last = tape.after(call.arguments)
    while member < last {
      // Mostly they come in the answer's order: the search goes on where the last one was found, and once around.
      var found = false
      for _ in 0..<count {
        var argument = BFCLAnswerReader(bytes.span, at: start)
        let size = argument.number()
        let next = argument.position + size
        let own = place
        place = own + 1 == count ? 0 : own + 1
        start = own + 1 == count ? first : next
        guard isSameName(argument.range(), tape, member) else { continue }
        found = true
        given |= 1 << UInt64(own)
        if wrong == nil {
          switch compare(&argument, tape, member + 1) {
          case .right: break
          case .wrong(let error): wrong = error
          case .unknown: return .unknown
          }
        }
        break
      }
      if !found, wrong == nil { wrong = .unexpectedParameter }
      member = tape.after(member + 1)
    }
    if given & required != required { return .wrong(.missingRequired) }
    if let wrong { return .wrong(wrong) }
    return given & needed == needed ? .right : .wrong(.missingOptional)
  }

  private func isName(_ range: Range<Int>, _ tape: TapeView, _ node: Int, _ turnsDots: Bool) -> Bool {
    if !turnsDots { return isSameName(range, tape, node) }
    let payload = tape.payload(node)
    guard payload.count == range.count else { return false }
    for offset in 0..<range.count {
      let byte = bytes[range.lowerBound + offset]
      if tape.bytes[payload.lowerBound + offset] != (byte == 0x2E ? 0x5F : byte) { return false }
    }
    return true
  }

  func isSameName(_ range: Range<Int>, _ tape: TapeView, _ node: Int) -> Bool {
    ByteSearch.equal(bytes.span, range, tape.bytes, tape.payload(node))
  }
}
