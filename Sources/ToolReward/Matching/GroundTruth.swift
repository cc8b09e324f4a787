/// The calls a completion should make, compiled once and shared by all its completions.
///
/// Read from JSON in any of the shapes that data sets use: a list of `{"name": …, "arguments": …}`, one such object, either of them
/// as a string that holds JSON, or such a string encoded once more. The empty list means that no call is right.
public struct GroundTruth: Sendable {
  private final class Storage: Sendable {
    let tape: ValueTape
    let expected: [ExpectedCall]
    let items: [Int]
    let hasCallTag: Bool
    let hasResponseTag: Bool
    let parts: [GroundTruth]
    let payload: (any Sendable)?

    init(
      tape: ValueTape, expected: [ExpectedCall], items: [Int], hasCallTag: Bool, hasResponseTag: Bool,
      parts: [GroundTruth], payload: (any Sendable)? = nil
    ) {
      self.payload = payload
      self.tape = tape
      self.expected = expected
      self.items = items
      self.hasCallTag = hasCallTag
      self.hasResponseTag = hasResponseTag
      self.parts = parts
    }
  }
  /// Shared, so that handing a ground truth about costs one reference.
  private let storage: Storage

  var tape: ValueTape { storage.tape }
  var expected: [ExpectedCall] { storage.expected }
  /// The nodes of the whole calls, as written.
  var items: [Int] { storage.items }
  /// Whether a model answer of this ground truth has a block of calls.
  var hasCallTag: Bool { storage.hasCallTag }
  /// Whether a model answer of this ground truth has a response to the user.
  var hasResponseTag: Bool { storage.hasResponseTag }
  /// For a composition of rewards: the same ground truth as each of them reads it.
  var parts: [GroundTruth] { storage.parts }

  /// What a policy of one's own compiled; `nil` for ground truths that are lists of calls.
  public var payload: (any Sendable)? { storage.payload }

  /// A ground truth that only the policy which compiled it can read.
  public init(payload: some Sendable) {
    storage = Storage(
      tape: ValueTape(), expected: [], items: [], hasCallTag: false, hasResponseTag: false, parts: [], payload: payload)
  }

  struct ExpectedCall: Sendable {
    let name: Int
    let arguments: Int
    /// The object of accepted values, each member a list; `nil` if the arguments alone are right.
    var accepted: Int?
    /// The list of names of arguments that may be absent.
    var optional: Int?
  }

  /// Whether some call accepts more than one value for an argument.
  var hasAlternatives: Bool { expected.contains { $0.accepted != nil } }

  /// The calls, in order.
  public var calls: [ToolCall] {
    expected.map {
      ToolCall(name: Value(tape: tape, index: $0.name), arguments: Value(tape: tape, index: $0.arguments))
    }
  }

  /// The values accepted for some arguments of a call, as an object of lists; `nil` if its arguments alone are right.
  public func acceptedValues(ofCall index: Int) -> Value? {
    expected[index].accepted.map { Value(tape: tape, index: $0) }
  }

  /// Reads a little of every cache line that comparing will read. Nothing comes of it but that the processor fetches them: for several
  /// ground truths at once, where comparing would wait for each in turn.
  package func readAhead() -> Int {
    let tape = storage.tape
    let view = tape.view
    var sum = storage.expected.count
    var position = 0
    while position < view.nodes.count {
      sum &+= Int(view.nodes[position].count)
      position += 3
    }
    position = 0
    while position < view.bytes.count {
      sum &+= Int(view.bytes[position])
      position += 64
    }
    return sum
  }

  /// How many calls there are.
  public var count: Int { expected.count }

  /// Whether no call is right.
  public var isEmpty: Bool { expected.isEmpty }

  /// Reads a ground truth.
  ///
  /// - Parameters:
  ///   - value: The list, the object, or the string.
  ///   - syntax: How a string's text is read; the reward's ``RewardPolicy/syntax``.
  ///   - acceptingValues: Whether a call may say that several values are right: `"accepted": {"city": ["Paris", "Paris, FR"]}`
  ///     beside `"arguments"`, and `"optional": ["city"]` if such an argument may be absent. Elsewhere these members are ignored,
  ///     as published code ignores them.
  /// - Throws: ``GroundTruthError`` if it is none of these shapes: then nothing can be judged by it.
  public init(
    _ value: Value, syntax: ValueReader.Syntax = .json, acceptingValues: Bool = false
  ) throws(GroundTruthError) {
    var value = value
    var decodings = 0
    while value.kind == .string, decodings < 2 {
      let limits: ValueLimits = syntax == .python ? .python : .standard
      do throws(ValueError) {
        let text = value.stringBytes ?? []
        value = try ValueReader(syntax: syntax, limits: limits)
          .read(text.span, allowingSurrogates: syntax == .python)
      } catch {
        throw GroundTruthError(.unreadable(error), call: nil)
      }
      decodings += 1
    }
    let list: [Value]
    switch value.kind {
    case .array: list = value.elements
    case .object: list = [value]
    default: throw GroundTruthError(.notAList, call: nil)
    }
    let members = CallMembers(name: Array("name".utf8), arguments: [Array("arguments".utf8)])
    var expected: [ExpectedCall] = []
    expected.reserveCapacity(list.count)
    for (position, call) in list.enumerated() {
      guard call.kind == .object else { throw GroundTruthError(.notAnObject, call: position) }
      let fields = call.tape.view.callFields(of: call.index, members)
      guard let name = fields.name else { throw GroundTruthError(.noName, call: position) }
      guard let arguments = fields.arguments else { throw GroundTruthError(.noArguments, call: position) }
      var call = ExpectedCall(name: name, arguments: arguments)
      if acceptingValues { call = try Self.alternatives(of: list[position], call, position) }
      expected.append(call)
    }
    self.init(
      tape: value.tape, expected: expected, items: list.map(\.index), hasCallTag: !expected.isEmpty,
      hasResponseTag: expected.isEmpty)
  }

  /// The same ground truth as several rewards read it; the first one's stands for the whole.
  init(parts: [GroundTruth]) throws(GroundTruthError) {
    guard let first = parts.first else { throw GroundTruthError(.notAList, call: nil) }
    self.init(
      tape: first.tape, expected: first.expected, items: first.items, hasCallTag: first.hasCallTag,
      hasResponseTag: first.hasResponseTag, parts: parts)
  }

  private init(
    tape: ValueTape, expected: [ExpectedCall], items: [Int], hasCallTag: Bool, hasResponseTag: Bool,
    parts: [GroundTruth] = []
  ) {
    storage = Storage(
      tape: tape, expected: expected, items: items, hasCallTag: hasCallTag, hasResponseTag: hasResponseTag, parts: parts
    )
  }

  /// Reads a ground truth as ToolRL's data hold it: a model answer, with one `{"name": …, "parameters": …}` a line in its
  /// `<tool_call>` block, and perhaps a `<response>`. A list of calls is taken as well, as an answer with a block or with a response.
  ///
  /// - Throws: ``GroundTruthError`` if it is neither, or a line of the block is no call.
  public init(toolRL value: Value) throws(GroundTruthError) {
    let tags = ["<think>", "<tool_call>", "<response>"].map { Array($0.utf8) }
    if let text = value.stringBytes, tags.contains(where: { ByteSearch.firstIndex(of: $0, in: text.span) != nil }) {
      try self.init(toolRLAnswer: text)
      return
    }
    let list = try GroundTruth(value, syntax: .python)
    guard !list.isEmpty else {
      self = list
      return
    }
    // The calls as the lines that a model would write, which are compared whole.
    var text = tags[1]
    for call in list.calls {
      text.append(contentsOf: "\n{\"name\": ".utf8)
      JSONWriter.compact.write(call.name, to: &text)
      text.append(contentsOf: ", \"parameters\": ".utf8)
      JSONWriter.compact.write(call.arguments, to: &text)
      text.append(0x7D)
    }
    try self.init(toolRLAnswer: text)
  }

  private init(toolRLAnswer text: [UInt8]) throws(GroundTruthError) {
    let open = Array("<tool_call>".utf8)
    let span = text.span
    let hasResponse = ByteSearch.firstIndex(of: Array("<response>".utf8), in: span) != nil
    guard let start = ByteSearch.firstIndex(of: open, in: span).map({ $0 + open.count }) else {
      self.init(tape: ValueTape(), expected: [], items: [], hasCallTag: false, hasResponseTag: hasResponse)
      return
    }
    let end = min(
      ByteSearch.firstIndex(of: Array("</tool_call>".utf8), in: span, from: start) ?? span.count,
      ByteSearch.firstIndex(of: open, in: span, from: start) ?? span.count)
    let lines: ToolRLReward.Lines
    do throws(ValueError) {
      lines = try ToolRLReward.Lines(span, PythonText.strip(span, start..<end))
    } catch {
      throw GroundTruthError(.unreadable(error), call: nil)
    }
    let members = CallMembers(name: Array("name".utf8), arguments: [Array("parameters".utf8)])
    var expected: [ExpectedCall] = []
    for (position, root) in lines.roots.enumerated() {
      guard lines.tape.nodes[root].kind == .object else { throw GroundTruthError(.notAnObject, call: position) }
      let fields = lines.tape.view.callFields(of: root, members)
      guard let name = fields.name else { throw GroundTruthError(.noName, call: position) }
      guard let arguments = fields.arguments, lines.tape.nodes[arguments].kind == .object else {
        throw GroundTruthError(.noParameters, call: position)
      }
      expected.append(ExpectedCall(name: name, arguments: arguments))
    }
    self.init(
      tape: lines.tape, expected: expected, items: lines.roots, hasCallTag: true, hasResponseTag: hasResponse)
  }

  /// Finds a call's accepted values.
  private static func alternatives(
    of call: Value, _ expected: ExpectedCall, _ position: Int
  ) throws(GroundTruthError) -> ExpectedCall {
    var expected = expected
    let tape = call.tape
    if let accepted = tape.member(Array("accepted".utf8), of: call.index) {
      guard tape.nodes[accepted].kind == .object, tape.nodes[expected.arguments].kind == .object else {
        throw GroundTruthError(.wrongAccepted, call: position)
      }
      for member in ObjectMembers.distinct(of: accepted, in: tape) {
        guard tape.nodes[member.value].kind == .array, tape.nodes[member.value].count > 0,
          tape.member(tape.payload(of: member.name), of: expected.arguments) == nil
        else { throw GroundTruthError(.wrongAccepted, call: position) }
      }
      expected.accepted = accepted
    }
    if let optional = tape.member(Array("optional".utf8), of: call.index) {
      let names = Value(tape: tape, index: optional)
      guard names.kind == .array, expected.accepted != nil, names.elements.allSatisfy({ $0.kind == .string }) else {
        throw GroundTruthError(.wrongOptional, call: position)
      }
      expected.optional = optional
    }
    return expected
  }

  /// Reads a ground truth from JSON text.
  ///
  /// - Throws: ``GroundTruthError`` if the text is no JSON or has none of the shapes.
  public init(
    json: String, syntax: ValueReader.Syntax = .json, acceptingValues: Bool = false
  ) throws(GroundTruthError) {
    let value: Value
    do throws(ValueError) {
      value = try ValueReader(syntax: syntax, limits: syntax == .python ? .python : .standard).read(json)
    } catch {
      throw GroundTruthError(.unreadable(error), call: nil)
    }
    try self.init(value, syntax: syntax, acceptingValues: acceptingValues)
  }
}

/// Why a ground truth cannot be judged by. A caller's mistake, never the model's: the sample is unscorable, not 0.
public struct GroundTruthError: Error, Sendable, Hashable, CustomStringConvertible {
  enum Problem: Sendable, Hashable {
    case unreadable(ValueError)
    case notAList
    case notAnObject
    case noName
    case noArguments
    case noParameters
    case wrongAccepted
    case wrongOptional
    /// What a policy of one's own asks for.
    case other(String)
  }
  let problem: Problem
  /// The call at fault, counted from 0; `nil` if it is the whole.
  public let call: Int?

  /// What a policy of one's own misses in a ground truth, and how to mend it.
  public init(_ message: String) { self.init(.other(message), call: nil) }

  init(_ problem: Problem, call: Int?) {
    self.problem = problem
    self.call = call
  }

  /// What is wrong and how to mend it.
  public var description: String {
    let place = call.map { "call \($0) of the ground truth" } ?? "the ground truth"
    return switch problem {
    case .other(let message): message
    case .unreadable(let error): "\(place) is a string, but its text is not the JSON of a list of calls: \(error)"
    case .notAList: "\(place) must be a list of {\"name\": …, \"arguments\": …}; [] means that no call is right"
    case .notAnObject: "\(place) must be an object {\"name\": …, \"arguments\": …}"
    case .noName: "\(place) has no \"name\""
    case .wrongAccepted:
      "\(place): \"accepted\" must be an object that gives a list of values for arguments which \"arguments\" does not have"
    case .wrongOptional: "\(place): \"optional\" must be a list of names that \"accepted\" has"
    case .noParameters: "\(place) has no object of \"parameters\""
    case .noArguments: "\(place) has no \"arguments\"; write \"arguments\": {} for a call without any"
    }
  }
}
