internal import ToolReward
internal import ToolRewardData

/// How a model's output becomes calls: the decoders of the official handlers.
public enum BFCLOutputDecoder: String, Sendable, Hashable, CaseIterable {
  /// Python calls in text: `default_decode_ast_prompting`.
  case prompt
  /// `<tool_call>\n{"name", "arguments"}\n</tool_call>`; one that cannot be read is left out (version 4), or makes all of
  /// them none (version 3): Qwen's handler.
  case hermes
  /// The first `<tool_call>…</tool_call>` holds a list of `{"name", "arguments"}`: Tool-N1's handler.
  case toolN1 = "tool-n1"
  /// A JSON array, an object, or objects with semicolons between: xLAM's handler.
  case xlam
  /// A JSON array, or nothing: Hammer's handler.
  case hammer
  /// A JSON array or an object: BitAgent's handler.
  case bitagent
  /// JSON or a Python literal with `parameters`, semicolons between: Llama 3's handler.
  case llama
  /// A list of `{name: JSON text}`, as APIs with tool calls give it.
  case fc
  /// A list of `{name: {…}}`; anything else is no call (version 3), or refused (version 4).
  case list
  /// A list of `{name: {…}}` as it is.
  case plain

  /// What it reads, in a line.
  public var summary: String {
    switch self {
    case .prompt: "Python calls in text: the default for models that are prompted"
    case .hermes:
      "<tool_call> blocks of {\"name\", \"arguments\"}; broken ones left out (version 4), or all of them then (3): Qwen (FC)"
    case .toolN1: "the first <tool_call> block, a list of {\"name\", \"arguments\"}: Tool-N1's own handler"
    case .xlam: "a JSON array or object, or objects with semicolons between: xLAM"
    case .hammer: "a JSON array, ``` left out; what is no JSON is no call: Hammer"
    case .bitagent: "a JSON array or object: BitAgent"
    case .llama: "JSON objects with \"parameters\", semicolons between, or a Python literal: Llama 3 (FC)"
    case .fc: "a list of {name: JSON text}: APIs with tool calls"
    case .list:
      "a list of {name: {…}}; what is none is no call (version 3), or refused (4): Mistral (FC) on a server of one's own"
    case .plain: "a list of {name: {…}} as it is: Gemini (FC)"
    }
  }

  /// The decoder of a model by its name on the leaderboard, or by its result folder's; `nil` if the name tells nothing: then text is
  /// read by ``prompt``. From `model_config.py` of both versions.
  public static func named(after model: String) -> BFCLOutputDecoder? {
    let name = BFCLModelName(model)
    if let family = families.first(where: { name.has($0.part) }) { return family.decoder }
    guard name.isFC, !isMissing(for: model) else { return nil }
    if name.has("gemini") { return .plain }
    guard name.isLocal else { return .fc }
    if name.has("qwen") { return .hermes }
    if name.has("llama-3.1") { return .llama }
    if name.has("llama-3") || name.has("llama-4") { return .prompt }
    if name.has("phi-4") { return .list }
    return .fc
  }

  private static let families: [(part: String, decoder: BFCLOutputDecoder)] = [
    ("tool-n1", .toolN1), ("xlam", .xlam), ("hammer", .hammer), ("bitagent-bounty", .bitagent),
    ("ministral-8b-instruct-2410", .list), ("arch-agent", .list), ("granite-3", .list), ("nova-pro", .list),
    ("nova-lite", .list), ("nova-2-lite", .list), ("nova-micro", .list), ("granite-4", .hermes), ("nanbeige4", .hermes),
    ("pelican", .hermes),
  ]

  /// Whether the leaderboard reads a model by a decoder of its own that is not built in: its text is not judged unless a decoder is named.
  public static func isMissing(for model: String) -> Bool {
    let name = BFCLModelName(model)
    return missing.contains { name.has($0) } || (name.has("minicpm3") && name.isFC)
  }

  private static let missing = [
    "falcon3", "glm-4-9b", "granite-20b", "nemotron-ultra", "dm-cito", "xiaoming", "thinkagent", "functiongemma",
    "gorilla-openfunctions",
  ]
}

/// What a model's name on the leaderboard tells. Result folders have underscores for slashes.
struct BFCLModelName {
  private let lowercased: [UInt8]

  init(_ name: String) { lowercased = Array(name.utf8).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }

  func has(_ part: String) -> Bool { ByteSearch.firstIndex(of: Array(part.utf8), in: lowercased.span) != nil }

  /// Whether calls come through an API's tool calls, or a template's.
  var isFC: Bool { has("-fc") }

  /// Whether it runs on a server of one's own: an organisation stands before its name.
  var isLocal: Bool { (lowercased.contains(0x2F) || lowercased.contains(0x5F)) && !has("novita") }

  /// Whether its API allows no dots in functions' names, so that the leaderboard has underscores for them.
  var turnsDots: Bool {
    if has("firefunction") || has("qwen3-235b-a22b-instruct-2507-fc") { return false }
    if isFC, !isLocal { return true }
    return ["functionary", "granite-20b-functioncalling", "glm-4-9b-chat", "minicpm", "nova-"].contains { has($0) }
      && (isFC || !has("minicpm"))
  }
}

/// Decodes outputs. Not shared between threads.
final class BFCLDecoding {
  /// What a decoder makes of an output.
  enum Result {
    case value(PythonValue)
    /// The official decoder raises: a wrong answer, or where no call is right, a right one.
    case failure
    /// The official decoder is not built in.
    case unknown
  }

  private let decoder: BFCLDecoder
  private let session = ValueSession()
  /// Room for a prediction's calls.
  private var room: [(name: Int, arguments: Int)] = []
  private let version: BFCLVersion

  init(_ version: BFCLVersion) {
    self.version = version
    decoder = BFCLDecoder(version)
  }

  func decode(_ text: [UInt8], _ kind: BFCLOutputDecoder, _ language: BFCLCategory.Language) -> Result {
    switch kind {
    case .prompt:
      if language != .python { return .unknown }
      guard let calls = decoder.pythonCalls(text.span) else { return .failure }
      return .value(.list(calls.map { Self.item(.string($0.name), $0.arguments) }))
    case .hermes: return hermes(text)
    case .toolN1: return toolN1(text)
    case .xlam: return xlam(text, allowsSemicolons: true)
    case .bitagent: return xlam(text, allowsSemicolons: false)
    case .hammer:
      let text = Self.removing(Array("```".utf8), from: text)
      guard let value = json(text) else { return .value(.list([])) }
      return items(value, arguments: "arguments", iterates: true)
    case .llama: return llama(text)
    // Text is gone through by its characters, of which none is a call.
    case .fc: return text.isEmpty ? .value(.list([])) : .failure
    // Version 3 takes what is no list for no call; version 4 raises.
    case .list: return version == .v3 ? .value(.list([])) : .failure
    case .plain: return .value(.string(text))
    }
  }

  /// An output that is no text.
  func decode(_ value: PythonValue, _ kind: BFCLOutputDecoder) -> Result {
    switch kind {
    case .plain: return .value(value)
    case .list:
      if value.kind == .list { return .value(value) }
      return version == .v3 ? .value(.list([])) : .failure
    case .fc:
      // An empty object has nothing to go through.
      if case .dictionary(let members) = value, members.isEmpty { return .value(.list([])) }
      guard case .list(let items) = value else { return .failure }
      var calls: [PythonValue] = []
      for item in items {
        guard let member = item.members.first, case .string(let text) = member.value, let arguments = json(text) else {
          return .failure
        }
        calls.append(Self.item(member.key, arguments))
      }
      return .value(.list(calls))
    // These read text; Python raises on anything else.
    default: return .failure
    }
  }

  /// What a glance at an output tells.
  enum Glance {
    /// The official verdict: `nil` if it is right.
    case judged(BFCLErrorType?)
    /// Its calls, if nothing is unusual about how they are written.
    case calls([BFCLChecker.Call])
    case nothing
  }

  /// Looks at an output without making values of it.
  ///
  /// - Parameters:
  ///   - sample: The sample's place in its category.
  ///   - samples: The category's samples, if the official verdict is enough.
  func glance(
    at prediction: BenchmarkPrediction, _ kind: BFCLOutputDecoder, _ category: BFCLCategory, _ sample: Int,
    _ samples: BFCLDataset.Samples?, turnsDots: Bool
  ) -> Glance {
    if category.language != .python, kind == .prompt, case .text = prediction { return .nothing }
    var calls: [(name: Int, arguments: Int)] = []
    swap(&calls, &room)
    calls.removeAll(keepingCapacity: true)
    defer { swap(&calls, &room) }
    switch prediction {
    case .decoded(let value):
      guard let samples else { return .nothing }
      return value.withTape { tape, index in
        guard !tape.hasDuplicates(index), tape.readCalls(ofList: index, to: &calls) else { return .nothing }
        // Arguments that are a tuple's spelling are no object.
        for call in calls where tape.isSpeltTuple(call.arguments) { return .nothing }
        let known = Self.judge(calls, tape, category, sample, samples, turnsDots)
        if case .calls = known { return .nothing }
        return known
      }
    case .text(let text):
      if kind != .prompt, Self.hasLongNumber(text.span) { return .nothing }
      let session = session
      defer { session.removeTape() }
      let isPlain =
        switch kind {
        case .prompt: decoder.readPlainCalls(text.span, 0..<text.count, session: session, to: &calls)
        case .hermes: Self.readHermesCalls(text.span, session, to: &calls)
        case .xlam, .bitagent: Self.readListedCalls(text.span, session, to: &calls)
        default: false
        }
      guard isPlain else { return .nothing }
      let tape = session.tape
      if let samples {
        let known = Self.judge(calls, tape, category, sample, samples, turnsDots)
        if case .judged = known { return known }
      }
      var values: [BFCLChecker.Call] = []
      values.reserveCapacity(calls.count)
      for call in calls {
        guard tape.kind(call.arguments) == .object, tape.isText(call.name) else { return .nothing }
        values.append(
          BFCLChecker.Call(
            name: .string(tape.payload(of: call.name)), arguments: PythonValue(tape, call.arguments).members))
      }
      return .calls(values)
    }
  }

  private static func judge(
    _ calls: [(name: Int, arguments: Int)], _ tape: TapeView, _ category: BFCLCategory, _ sample: Int,
    _ samples: BFCLDataset.Samples, _ turnsDots: Bool
  ) -> Glance {
    for call in calls where tape.kind(call.arguments) != .object || !tape.isText(call.name) { return .nothing }
    if !category.hasAnswers {
      let isRelevance = category.rule == .relevance
      if calls.isEmpty { return .judged(isRelevance ? .relevanceDecoderFailed : nil) }
      return .judged(isRelevance ? nil : .irrelevanceDecoderSuccess)
    }
    switch samples.quick.check(sample, calls, tape, category.rule, turnsDots: turnsDots) {
    case .right: return .judged(nil)
    case .wrong(let error): return .judged(error)
    case .unknown: return .calls([])
    }
  }

  /// Whether there may be an integer with more digits than Python reads: 4,300.
  private static func hasLongNumber(_ text: Span<UInt8>) -> Bool {
    guard text.count > 4300 else { return false }
    var digits = 0
    for position in text.indices {
      digits = (0x30...0x39).contains(text[position]) ? digits + 1 : 0
      if digits > 4300 { return true }
    }
    return false
  }

  /// Reads the calls of a JSON array of objects, or of one object. False for any other.
  private static func readListedCalls(
    _ text: Span<UInt8>, _ session: ValueSession, to calls: inout [(name: Int, arguments: Int)]
  ) -> Bool {
    guard let list = session.plainDocument(text, 0..<text.count) else { return false }
    let tape = session.tape
    let isList = tape.kind(list) == .array
    var item = isList ? list + 1 : list
    while item < tape.after(list) {
      guard let call = tape.call(of: item, arguments) else { return false }
      calls.append(call)
      item = tape.after(item)
    }
    return true
  }

  private static let arguments = Array("arguments".utf8)

  /// Reads the calls of blocks. False if not all hold plain JSON objects.
  private static func readHermesCalls(
    _ text: Span<UInt8>, _ session: ValueSession, to calls: inout [(name: Int, arguments: Int)]
  ) -> Bool {
    var position = 0
    while let start = ByteSearch.firstIndex(of: Self.open, in: text, from: position) {
      let begin = start + Self.open.count
      guard let end = ByteSearch.firstIndex(of: Self.close, in: text, from: begin) else { break }
      position = end + Self.close.count
      guard let node = session.plainDocument(text, begin..<end), let call = session.tape.call(of: node, Self.arguments)
      else { return false }
      calls.append(call)
    }
    return true
  }

  // MARK: Formats

  private static let open = Array("<tool_call>\n".utf8)
  private static let close = Array("\n</tool_call>".utf8)

  private func hermes(_ text: [UInt8]) -> Result {
    var calls: [PythonValue] = []
    var position = 0
    let span = text.span
    while let start = ByteSearch.firstIndex(of: Self.open, in: span, from: position) {
      let begin = start + Self.open.count
      guard let end = ByteSearch.firstIndex(of: Self.close, in: span, from: begin) else { break }
      position = end + Self.close.count
      guard let value = json(Array(text[begin..<end])) else {
        // Version 3 keeps its text, which is no object; version 4 leaves it out.
        if version == .v3 { return .value(.list([])) }
        continue
      }
      calls.append(value)
    }
    if calls.contains(where: { $0.kind != .dictionary }) { return version == .v3 ? .value(.list([])) : .failure }
    return items(.list(calls), arguments: "arguments", iterates: false, needsDictionary: true)
  }

  private func toolN1(_ text: [UInt8]) -> Result {
    let open = Array("<tool_call>".utf8)
    let close = Array("</tool_call>".utf8)
    guard let start = ByteSearch.firstIndex(of: open, in: text.span),
      let end = ByteSearch.firstIndex(of: close, in: text.span, from: start + open.count),
      let value = json(CodePoints(utf8: Array(text[(start + open.count)..<end])).stripped().utf8)
    else { return .failure }
    return items(value, arguments: "arguments", iterates: true)
  }

  private func xlam(_ text: [UInt8], allowsSemicolons: Bool) -> Result {
    if Self.isProse(text.span) { return .failure }
    if let value = json(text) {
      if case .list = value { return items(value, arguments: "arguments", iterates: true) }
      return items(.list([value]), arguments: "arguments", iterates: true)
    }
    guard allowsSemicolons else { return .failure }
    var calls: [PythonValue] = []
    for part in text.split(separator: 0x3B, omittingEmptySubsequences: false) {
      guard let value = json(CodePoints(utf8: Array(part)).stripped().utf8) else { return .failure }
      calls.append(value)
    }
    return items(.list(calls), arguments: "arguments", iterates: true)
  }

  private func llama(_ text: [UInt8]) -> Result {
    let text = Self.removing(Array("<|python_tag|>".utf8), from: text)
    if text.contains(0x3B) {
      var calls: [PythonValue] = []
      for part in text.split(separator: 0x3B, omittingEmptySubsequences: false) {
        guard let value = json(Array(part)) else { return .failure }
        calls.append(value)
      }
      return items(.list(calls), arguments: "parameters", iterates: true)
    }
    guard let value = decoder.pythonLiteral(text.span) else { return .failure }
    if value.kind == .dictionary { return items(.list([value]), arguments: "parameters", iterates: true) }
    return items(value, arguments: "parameters", iterates: true)
  }

  /// `[{item["name"]: item[arguments]} for item in value]`.
  private func items(
    _ value: PythonValue, arguments: String, iterates: Bool, needsDictionary: Bool = false
  ) -> Result {
    let list: [PythonValue]
    switch value {
    case .list(let elements), .tuple(let elements): list = elements
    // An empty string or object has nothing to go through; of others the first part is no call.
    case .string(let text) where text.isEmpty: list = []
    case .dictionary(let members) where members.isEmpty: list = []
    default: return .failure
    }
    var calls: [PythonValue] = []
    for item in list {
      guard item.kind == .dictionary, let name = item["name"], let given = item[arguments],
        !needsDictionary || given.kind == .dictionary, let key = Self.key(name)
      else { return .failure }
      calls.append(Self.item(key, given))
    }
    return .value(.list(calls))
  }

  /// A name as a dictionary's key; `nil` where it cannot be one.
  private static func key(_ name: PythonValue) -> PythonValue.Key? {
    switch name {
    case .string(let text): .string(text)
    case .list, .dictionary: nil
    // No function has a name that is no text.
    default: .other([4])
    }
  }

  private static func item(_ name: PythonValue.Key, _ arguments: PythonValue) -> PythonValue {
    .dictionary([PythonValue.Member(key: name, value: arguments)])
  }

  /// Whether a text begins with a letter as no JSON does. Most that is no JSON is seen so.
  private static func isProse(_ text: Span<UInt8>) -> Bool {
    var start = 0
    while start < text.count, text[start] == 0x20 || (0x09...0x0D).contains(text[start]) { start += 1 }
    guard start < text.count, (0x41...0x5A).contains(text[start] & 0xDF), text[start] < 0x80 else { return false }
    return !literals.contains { ByteSearch.matches($0, in: text, at: start) }
  }

  private static let literals = ["true", "false", "null", "NaN", "Infinity"].map { Array($0.utf8) }

  /// `json.loads`; `nil` where it raises.
  private func json(_ text: [UInt8]) -> PythonValue? { session.pythonValue(text) }

  private static func removing(_ part: [UInt8], from text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var position = 0
    while let found = ByteSearch.firstIndex(of: part, in: text.span, from: position) {
      result += text[position..<found]
      position = found + part.count
    }
    return result + text[position...]
  }
}
