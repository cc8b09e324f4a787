internal import ToolReward

/// Reads pieces of rows: JSON in strings, Python where JSON is meant, names under their many spellings. One for each thread.
final class PieceReader {
  private let session = ValueSession()
  private let pythonic: CompletionParser
  let grammar: PythonicGrammar
  /// What was noticed since the row began.
  private(set) var warnings: [RecordWarning] = []

  init(_ grammar: PythonicGrammar) {
    self.grammar = grammar
    var format = CompletionFormat.toolACE
    format.payload = .python(PythonPayload(allowsJSONWords: true, allowsSpacedNames: true))
    pythonic = CompletionParser(format)
  }

  /// Begins a row.
  func begin() { warnings.removeAll(keepingCapacity: true) }

  /// Notes something, once a row.
  func warn(_ code: RecordWarning.Code, _ message: String) {
    if !warnings.contains(where: { $0.code == code }) { warnings.append(RecordWarning(code, message)) }
  }

  /// A value of JSON text; `nil` if it is none. Python's constants are let in, and noted.
  func json(_ text: [UInt8]) -> Value? {
    if let value = try? session.value(text.span, syntax: .json, limits: .standard) { return value }
    guard
      let value = try? session.value(text.span, syntax: .python, limits: .python, allowingSurrogates: true)
    else { return nil }
    warn(.notStrictJSON, "NaN, Infinity or half a surrogate pair, as Python's json writes them")
    return value
  }

  /// A value of JSON text or of a Python literal; `nil` if it is neither.
  func literal(_ text: [UInt8]) -> Value? {
    if let value = json(text) { return value }
    guard let rewritten = PythonLiteral.json(from: text), let value = json(rewritten) else { return nil }
    warn(.pythonLiteral, "a Python literal stands where JSON is meant")
    return value
  }

  /// The value that a string holds, or the value itself; `nil` if the string holds none.
  func embedded(_ value: Value) -> Value? {
    guard let text = value.stringBytes else { return value }
    guard let inner = literal(text) else { return nil }
    guard let again = inner.stringBytes else { return inner }
    warn(.doubleEncoded, "JSON is encoded twice: a string that holds a string that holds it")
    return literal(again)
  }

  /// The value at the beginning of a text, and where it ends.
  func prefix(_ text: [UInt8], at offset: Int) -> (value: Value, end: Int)? {
    try? ValueReader().readPrefix(text, at: offset)
  }

  // MARK: Tools

  /// Definitions: a list, a string that holds one, a list of strings, objects one after another in a text. `nil` if they cannot be read.
  func tools(_ value: Value?) -> [Value]? {
    guard let value, value.kind != .null else { return [] }
    if let text = value.stringBytes { return tools(in: text) }
    switch value.kind {
    case .array:
      var found: [Value] = []
      for element in value.elements {
        guard element.kind == .string else {
          if element.kind == .object {
            found.append(element)
          } else {
            warn(.unreadableTools, "a tool is no object and no string; it is left out")
          }
          continue
        }
        guard let inner = embedded(element) else {
          warn(.unreadableTools, "a tool is a string that holds no definition")
          continue
        }
        if inner.kind == .object {
          found.append(inner)
        } else {
          warn(.unreadableTools, "a tool is a string that holds no definition")
        }
      }
      return found
    case .object:
      if let list = value["tools"] ?? value["functionDeclarations"], list.kind == .array { return tools(list) }
      return [value]
    default: return nil
    }
  }

  /// Definitions in a text: JSON, a Python literal, or several of either one after another.
  func tools(in text: [UInt8]) -> [Value]? {
    let range = PythonText.strip(text.span, 0..<text.count)
    guard !range.isEmpty else { return [] }
    let trimmed = Array(text[range])
    if let value = literal(trimmed) { return value.kind == .string ? nil : tools(value) }
    var found: [Value] = []
    var position = 0
    while position < trimmed.count {
      if isJSONSpace(trimmed[position]) || trimmed[position] == 0x2C {
        position += 1
      } else if let (value, end) = prefix(trimmed, at: position), value.kind == .object {
        found.append(value)
        position = end
      } else {
        let end = trimmed[position...].firstIndex(of: 0x0A) ?? trimmed.count
        guard let value = literal(Array(trimmed[position..<end])), value.kind == .object else { return nil }
        found.append(value)
        position = end
      }
    }
    return found
  }

  // MARK: Calls

  /// The names that a call's parts go by.
  private static let nameKeys = ["name", "tool", "api_name", "tool_name"]
  private static let argumentKeys = ["arguments", "parameters", "param_dict", "args", "input", "kwargs"]

  /// Calls: a list of objects, one object, or a string that holds either; `nil` if that is not what it is.
  func calls(_ value: Value) -> [RecordCall]? {
    guard let value = embedded(value) else { return nil }
    switch value.kind {
    case .null: return []
    case .array:
      var found: [RecordCall] = []
      found.reserveCapacity(value.count)
      for element in value.elements {
        guard let inner = embedded(element), let call = call(inner) else { return nil }
        found.append(call)
      }
      return found
    case .object: return call(value).map { [$0] }
    default: return nil
    }
  }

  /// A call: `{"name": …, "arguments": …}` under any of their names, bare or in OpenAI's envelope.
  func call(_ value: Value) -> RecordCall? {
    guard value.kind == .object else { return nil }
    if value.hasDuplicateNames { warn(.repeatedName, "a call repeats a member; the last one counts") }
    if let function = value["function"], function.kind == .object { return call(function) }
    var name = value["function"]?.stringBytes
    for key in Self.nameKeys where name == nil { name = value[key]?.stringBytes }
    guard let name else { return nil }
    for key in Self.argumentKeys {
      guard let arguments = value[key] else { continue }
      guard let object = object(arguments) else { return nil }
      if repeatsName(object) {
        warn(.repeatedName, "an object in a call's arguments repeats a member; the last one counts")
      }
      let (accepted, optional) = (Self.present(value["accepted"]), Self.present(value["optional"]))
      guard Self.areChoices(accepted, optional) else { return nil }
      return RecordCall(name: name, arguments: object, accepted: accepted, optional: optional)
    }
    return hasHiddenArguments(value) ? nil : RecordCall(name: name, arguments: Self.emptyObject)
  }

  private static func present(_ value: Value?) -> Value? { value?.kind == .null ? nil : value }

  /// Whether what a call says of several right values, if it does, is lists of them, and a list of names.
  private static func areChoices(_ accepted: Value?, _ optional: Value?) -> Bool {
    if let accepted {
      guard accepted.kind == .object, accepted.members.allSatisfy({ $0.value.kind == .array && $0.value.count > 0 })
      else { return false }
    }
    guard let optional else { return true }
    return optional.kind == .array && optional.elements.allSatisfy { $0.kind == .string }
  }

  /// What a call may have besides its name and its arguments.
  private static let callKeys: Set<[UInt8]> = Set(
    ["function", "id", "type", "call_id", "status", "index", "role", "result", "turn"].map { Array($0.utf8) }
      + nameKeys.map { Array($0.utf8) })

  /// Whether a call without arguments has some under a name that is not known. Other members that are not known are noted.
  private func hasHiddenArguments(_ call: Value) -> Bool {
    for (name, value) in call.members where !Self.callKeys.contains(name) {
      switch value.kind {
      case .object, .array: return true
      case .string where value.stringBytes?.stripped.first == 0x7B: return true
      default: warn(.unknownMember, "a call without arguments has a member that is not known; it is left out")
      }
    }
    return false
  }

  /// Whether an object in the value repeats a name. O(value).
  private func repeatsName(_ value: Value) -> Bool {
    var pending = [value]
    while let next = pending.popLast() {
      if next.hasDuplicateNames { return true }
      for inner in next.kind == .array ? next.elements : next.members.map(\.value) {
        if inner.kind == .array || inner.kind == .object { pending.append(inner) }
      }
    }
    return false
  }

  private func object(_ arguments: Value) -> Value? {
    if arguments.kind == .null { return Self.emptyObject }
    if let text = arguments.stringBytes, PythonText.strip(text.span, 0..<text.count).isEmpty { return Self.emptyObject }
    guard let value = embedded(arguments), value.kind == .object else { return nil }
    return value
  }

  /// `{}`.
  static let emptyObject: Value = (try? ValueReader().read("{}")) ?? Value(tape: ValueTape(), index: 0)

  /// Calls written in Python, as a list that is the whole text; `nil` if it is anything else.
  func pythonCalls(_ text: [UInt8]) -> [RecordCall]? {
    switch grammar {
    case .python: grammarCalls(text)
    case .toolN1: ToolN1Parser.calls(text, self)
    }
  }

  private func grammarCalls(_ text: [UInt8]) -> [RecordCall]? {
    let completion = pythonic.parse(text)
    guard !completion.attempts.isEmpty else { return nil }
    for segment in completion.segments where segment.kind == .text {
      if !PythonText.strip(text.span, segment.range).isEmpty { return nil }
    }
    for attempt in completion.attempts where attempt.status != .ok { return nil }
    // An argument without a name fits no parameter for certain.
    if completion.diagnostics.contains(where: { $0.code == .positionalArgument }) { return nil }
    // An argument that is given twice is a mistake in Python; a key is none there, but which value was meant is as uncertain.
    if completion.diagnostics.contains(where: { $0.code == .duplicateMember }) { return nil }
    return completion.calls.compactMap { call in
      call.name.stringBytes.map { RecordCall(name: $0, arguments: call.arguments) }
    }
  }
}

/// How calls written in Python are read.
public enum PythonicGrammar: String, Sendable, Hashable, CaseIterable {
  /// By Python's grammar.
  case python
  /// As the preparation published with Tool-N1 reads them: by patterns, wrongly where a value holds a bracket, a comma or a quote.
  case toolN1 = "tool-n1"
}

extension [UInt8] {
  /// Where a text begins in these bytes.
  func firstIndex(of text: String, from start: Int = 0) -> Int? {
    ByteSearch.firstIndex(of: Array<UInt8>(text.utf8), in: span, from: start)
  }

  /// Where a text begins in these bytes for the last time.
  func lastIndex(of text: String) -> Int? { ByteSearch.lastIndex(of: Array<UInt8>(text.utf8), in: span) }

  func contains(_ text: String) -> Bool { firstIndex(of: text) != nil }

  /// The bytes from one place to another, without white space around them.
  func stripped(_ range: Range<Int>) -> [UInt8] {
    let inner = PythonText.strip(span, range)
    return Array(self[inner])
  }

  var stripped: [UInt8] { stripped(0..<count) }
}
