/// The calls a completion should make, compiled once and shared by all its completions.
///
/// Read from JSON in any of the shapes that data sets use: a list of `{"name": …, "arguments": …}`, one such object, either of them
/// as a string that holds JSON, or such a string encoded once more. The empty list means that no call is right.
public struct GroundTruth: Sendable {
  let tape: ValueTape
  let expected: [ExpectedCall]

  struct ExpectedCall: Sendable {
    let name: Int
    let arguments: Int
  }

  /// The calls, in order.
  public var calls: [ToolCall] {
    expected.map { ToolCall(name: Value(tape: tape, index: $0.name), arguments: Value(tape: tape, index: $0.arguments)) }
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
  /// - Throws: ``GroundTruthError`` if it is none of these shapes: then nothing can be judged by it.
  public init(_ value: Value, syntax: ValueReader.Syntax = .json) throws(GroundTruthError) {
    var value = value
    var decodings = 0
    while value.kind == .string, decodings < 2 {
      let limits: ValueLimits = syntax == .python ? .python : .standard
      do throws(ValueError) {
        value = try ValueReader(syntax: syntax, limits: limits).read(value.stringBytes ?? [])
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
    let name = Array("name".utf8)
    let arguments = Array("arguments".utf8)
    var expected: [ExpectedCall] = []
    expected.reserveCapacity(list.count)
    for (position, call) in list.enumerated() {
      guard call.kind == .object else { throw GroundTruthError(.notAnObject, call: position) }
      let fields = call.tape.callFields(of: call.index, name: name, arguments: [arguments], others: [])
      guard let name = fields.name else { throw GroundTruthError(.noName, call: position) }
      guard let arguments = fields.arguments else { throw GroundTruthError(.noArguments, call: position) }
      expected.append(ExpectedCall(name: name, arguments: arguments))
    }
    tape = value.tape
    self.expected = expected
  }

  /// Reads a ground truth from JSON text.
  ///
  /// - Throws: ``GroundTruthError`` if the text is no JSON or has none of the shapes.
  public init(json: String, syntax: ValueReader.Syntax = .json) throws(GroundTruthError) {
    let value: Value
    do throws(ValueError) {
      value = try ValueReader(syntax: syntax, limits: syntax == .python ? .python : .standard).read(json)
    } catch {
      throw GroundTruthError(.unreadable(error), call: nil)
    }
    try self.init(value, syntax: syntax)
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
  }
  let problem: Problem
  /// The call at fault, counted from 0; `nil` if it is the whole.
  public let call: Int?

  init(_ problem: Problem, call: Int?) {
    self.problem = problem
    self.call = call
  }

  /// What is wrong and how to mend it.
  public var description: String {
    let place = call.map { "call \($0) of the ground truth" } ?? "the ground truth"
    return switch problem {
    case .unreadable(let error): "\(place) is a string, but its text is not the JSON of a list of calls: \(error)"
    case .notAList: "\(place) must be a list of {\"name\": …, \"arguments\": …}; [] means that no call is right"
    case .notAnObject: "\(place) must be an object {\"name\": …, \"arguments\": …}"
    case .noName: "\(place) has no \"name\""
    case .noArguments: "\(place) has no \"arguments\"; write \"arguments\": {} for a call without any"
    }
  }
}
