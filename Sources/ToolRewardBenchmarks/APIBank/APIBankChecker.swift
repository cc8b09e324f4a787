internal import ToolReward

/// Whether a response makes the expected call: by ToolRL's rule, and strictly.
struct APIBankChecker {
  let name: PythonValue
  let parameters: PythonValue

  private static let nameKey = Array("name".utf8)
  private static let parametersKey = Array("parameters".utf8)

  // MARK: ToolRL's rule

  private struct Raised: Error {}

  /// The "soft match" of ToolRL's `benchmarks/API-Bank/evaluate.py`: any call will do, whatever else is called; one that has no name or no
  /// parameters stands for the parameters of a call with the right name.
  func error(in response: APIBankResponse) -> APIBankErrorType? {
    var hasName = false
    for call in response.calls {
      do throws(Raised) {
        let (callName, callParameters) = try Self.parts(of: call, defaultName: name)
        guard PythonValue.areEqual(callName, name) else { continue }
        if PythonValue.areEqual(callParameters, parameters) { return nil }
        hasName = true
      } catch {
        return .officialRaises
      }
    }
    return response.calls.isEmpty ? .noCall : hasName ? .wrongParameters : .wrongName
  }

  /// A string is read as JSON once more.
  private static func parts(
    of call: PythonValue, defaultName: PythonValue
  ) throws(Raised) -> (name: PythonValue, parameters: PythonValue) {
    var call = call
    if let text = call.text {
      guard let value = APIBankResponse.json(text, 0..<text.count, ValueSession()) else { throw Raised() }
      call = value
    }
    guard try contains(nameKey, in: call), try contains(parametersKey, in: call) else { return (defaultName, call) }
    guard let name = call[nameKey], let parameters = call[parametersKey] else { throw Raised() }
    return (name, parameters)
  }

  /// `key in value`.
  private static func contains(_ key: [UInt8], in value: PythonValue) throws(Raised) -> Bool {
    switch value {
    case .dictionary: value[key] != nil
    case .list(let elements), .tuple(let elements): elements.contains { $0.text == key }
    case .string(let text): ByteSearch.firstIndex(of: key, in: text.span) != nil
    default: throw Raised()
    }
  }

  // MARK: Strict

  /// One call and nothing else in one pair of tags, with the name and the parameters; values of another type are others.
  func strictError(in response: APIBankResponse) -> APIBankErrorType? {
    guard !response.isIrregular else { return response.calls.isEmpty ? .noCall : .notACall }
    guard let call = response.calls.first else { return .noCall }
    guard response.calls.count == 1 else { return .extraCalls }
    guard call.kind == .dictionary, let callName = call[Self.nameKey], let callParameters = call[Self.parametersKey]
    else { return .notACall }
    guard callName.kind == name.kind, PythonValue.areEqual(callName, name) else { return .wrongName }
    return Self.areSame(callParameters, parameters) ? nil : .wrongParameters
  }

  /// Equality with exact types. Recursion is bounded by the depth that values are read with.
  private static func areSame(_ a: PythonValue, _ b: PythonValue) -> Bool {
    guard a.kind == b.kind else { return false }
    switch (a, b) {
    case (.list(let x), .list(let y)): return x.count == y.count && zip(x, y).allSatisfy { areSame($0, $1) }
    case (.dictionary(let x), .dictionary(let y)):
      return x.count == y.count
        && x.allSatisfy { member in y.contains { $0.key == member.key && areSame(member.value, $0.value) } }
    default: return PythonValue.areEqual(a, b)
    }
  }
}
