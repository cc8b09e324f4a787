public import ToolReward
internal import ToolRewardLines
public import ToolRewardPrompts

/// Why a suite cannot be read, and where.
public struct SuiteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file: the suite's, or one that it names.
  public let file: String
  /// The place in it, `line:column: pointer`; empty for the whole.
  public let place: String
  /// What is wrong and how to mend it.
  public let message: String

  /// File, place and message.
  public var description: String { "\(file):\(place.isEmpty ? "" : "\(place):") \(message)" }

  init(_ file: String, _ message: String) {
    self.file = file
    place = ""
    self.message = message
  }

  init(_ file: String, _ error: ConfigurationError) {
    self.file = file
    place = "\(error.line):\(error.column)\(error.pointer.isEmpty ? "" : ": \(error.pointer)")"
    message = error.message
  }
}

/// Makes a renderer of a template's file.
///
/// - Parameters:
///   - path: The file.
///   - text: What it holds.
public typealias TemplateLoader = @Sendable (_ path: String, _ text: [UInt8]) throws(PromptError) -> any PromptRenderer

extension PromptSuite {
  /// Reads a suite: YAML, or JSON if it begins with `{`. Files that it names are looked for beside it.
  ///
  /// - Parameters:
  ///   - path: The suite's file.
  ///   - rewards: The rewards that checks may name.
  ///   - formats: The formats that templates may name.
  ///   - loader: Makes renderers of template files; by default Jinja's.
  /// - Throws: ``SuiteError`` with the file and the place, if something is not as it should be.
  public init(
    file path: String, rewards: RewardRegistry = RewardRegistry(), formats: FormatRegistry = FormatRegistry(),
    loader: @escaping TemplateLoader = SuiteTemplate.load
  ) throws(SuiteError) {
    self = try SuiteReader(path: path, rewards: rewards, formats: formats, loader: loader).read()
  }

  /// Reads a suite that is at hand: YAML, or JSON if it begins with `{`.
  ///
  /// - Parameters:
  ///   - text: The suite.
  ///   - path: Where it would stand: files that it names are looked for beside it, and errors name it.
  ///   - rewards: The rewards that checks may name.
  ///   - formats: The formats that templates may name.
  ///   - loader: Makes renderers of template files; by default Jinja's.
  /// - Throws: ``SuiteError`` with the path and the place, if something is not as it should be.
  public init(
    text: [UInt8], path: String, rewards: RewardRegistry = RewardRegistry(), formats: FormatRegistry = FormatRegistry(),
    loader: @escaping TemplateLoader = SuiteTemplate.load
  ) throws(SuiteError) {
    self = try SuiteReader(path: path, rewards: rewards, formats: formats, loader: loader).read(text)
  }
}

/// Reads a suite's file.
struct SuiteReader {
  let path: String
  let rewards: RewardRegistry
  let formats: FormatRegistry
  let loader: TemplateLoader

  /// The most bytes of a suite, and of each file that it names: a name may lead to what has no end.
  private static let sizeLimit = 64 << 20

  func read() throws(SuiteError) -> PromptSuite {
    let text: [UInt8]
    do throws(InputOutputError) {
      text = try LineSource.wholeFile(path, limit: Self.sizeLimit)
    } catch {
      throw SuiteError(path, "\(error)")
    }
    return try read(text)
  }

  func read(_ text: [UInt8]) throws(SuiteError) -> PromptSuite {
    let text = TextSpace.withoutMark(text)
    var yaml: [UInt8]?
    do throws(ConfigurationError) {
      let isJSON = text.first { !TextSpace.isSpace($0) } == 0x7B
      let root = try Configuration(isJSON ? text : YAMLText.json(text))
      if !isJSON { yaml = text }
      return try suite(root)
    } catch {
      guard let yaml, let place = YAMLText.place(of: error.pointer, in: yaml) else { throw SuiteError(path, error) }
      throw SuiteError(
        path,
        ConfigurationError(line: place.line, column: place.column, pointer: error.pointer, message: error.message))
    }
  }

  private func suite(_ root: Configuration) throws(ConfigurationError) -> PromptSuite {
    try root.object(knowing: ["description", "templates", "cases", "checks"])
    var checks: [PromptCheck] = []
    for place in try root["checks"]?.elements() ?? [] { checks.append(try PromptCheck(place, rewards: rewards)) }
    if root["checks"] == nil { checks = [.renders] }
    let templates = try templates(root.required("templates"))
    let cases = try cases(root.required("cases"))
    var suite = PromptSuite(
      description: try root["description"]?.string() ?? "", templates: templates, cases: cases, checks: checks)
    suite.files = [path]
    for name in ["templates", "cases"] {
      for place in try root.required(name).elements() {
        if let file = place["file"] { suite.files.append(resolved(try file.nonEmptyString())) }
      }
    }
    return suite
  }

  /// A path as the suite means it: beside its own file.
  private func resolved(_ name: String) -> String {
    guard name.utf8.first != 0x2F, let slash = path.utf8.lastIndex(of: 0x2F) else { return name }
    return String(path[...slash]) + name
  }

  private func contents(of place: Configuration) throws(ConfigurationError) -> (path: String, text: [UInt8]) {
    let file = resolved(try place.nonEmptyString())
    do throws(InputOutputError) {
      return (file, try LineSource.wholeFile(file, limit: Self.sizeLimit))
    } catch {
      throw place.error("\(error)")
    }
  }

  // MARK: Templates

  private func templates(_ list: Configuration) throws(ConfigurationError) -> [PromptSuite.Template] {
    var templates: [PromptSuite.Template] = []
    for place in try list.elements() {
      try place.object(knowing: [
        "name", "file", "preset", "framing", "format", "variables", "special_tokens",
      ])
      let (name, renderer) = try renderer(place)
      if templates.contains(where: { $0.name == name }) {
        throw place.error("there is another template \"\(name)\": give it a \"name\" of its own")
      }
      var template = PromptSuite.Template(name: name, renderer: renderer)
      if let given = place["format"] {
        let format = try given.nonEmptyString()
        guard let found = formats[format] else {
          throw given.error(
            "there is no format \"\(format)\"; there are: \(formats.formats.map(\.name).joined(separator: ", "))")
        }
        template.format = found
      }
      if let variables = place["variables"] {
        guard variables.value.kind == .object else { throw variables.error("must be an object") }
        for name in ["messages", "tools", "add_generation_prompt"] {
          guard let own = variables[name] else { continue }
          throw own.error("would stand for the case's own \"\(name)\": take it away")
        }
        template.variables = variables.value
      }
      if let tokens = place["special_tokens"] {
        template.specialTokens = try tokens.strings().map { Array($0.utf8) }
      } else {
        let own = (renderer as? SuiteTemplate)?.specialTokens ?? []
        for token in own + Self.tokens(of: template.variables) where !template.specialTokens.contains(token) {
          template.specialTokens.append(token)
        }
      }
      templates.append(template)
    }
    if templates.isEmpty { throw list.error("must not be empty") }
    return templates
  }

  /// The texts of variables that are named for tokens: `bos_token`, `eos_token`.
  private static func tokens(of variables: Value?) -> [[UInt8]] {
    (variables?.members ?? []).compactMap { name, value in
      guard name.suffix(6).elementsEqual("_token".utf8), let text = value.stringBytes, !text.isEmpty else { return nil }
      return text
    }
  }

  private func renderer(_ place: Configuration) throws(ConfigurationError) -> (String, any PromptRenderer) {
    let name = try place["name"]?.nonEmptyString()
    if let file = place["file"] {
      if let other = place["preset"] ?? place["framing"] { throw other.error("stands beside \"file\": take one away") }
      let (path, text) = try contents(of: file)
      let stem = Self.stem(of: try file.nonEmptyString())
      do throws(PromptError) {
        return (name ?? stem, try loader(path, text))
      } catch {
        throw file.error("\(error)")
      }
    }
    let preset = try place["preset"].map { (place) throws(ConfigurationError) in
      try place.choice(PromptPreset.all.map { ($0.name, $0) })
    }
    let framing = try place["framing"].map { (place) throws(ConfigurationError) in
      try place.choice(PromptFraming.all.map { ($0.name, $0) })
    }
    if preset == nil, framing == nil { throw place.error("needs a \"file\", a \"preset\" or a \"framing\"") }
    let own = [preset?.name, framing?.name].compactMap { $0 }.joined(separator: "/")
    guard let preset else { return (name ?? own, framing ?? .chatML) }
    return (name ?? own, PresetRenderer(preset, framing: framing ?? .chatML))
  }

  /// A file's name without folders and its ending.
  static func stem(of path: String) -> String {
    let name = path.utf8.split(separator: 0x2F).last ?? Substring(path).utf8
    let stem = name.lastIndex(of: 0x2E).map { name[..<$0] } ?? name
    return String(Substring(stem.isEmpty ? name : stem))
  }

  // MARK: Cases

  private func cases(_ list: Configuration) throws(ConfigurationError) -> [PromptSuite.Case] {
    var cases: [PromptSuite.Case] = []
    var names: Set<String> = []
    for place in try list.elements() {
      if let file = place["file"] {
        try place.object(knowing: ["file"])
        let (path, text) = try contents(of: file)
        for (number, line) in TextSpace.withoutMark(text).split(separator: 0x0A, omittingEmptySubsequences: false)
          .enumerated()
        where !line.allSatisfy({ TextSpace.isSpace($0) }) {
          do throws(ConfigurationError) {
            try add(Configuration(Array(line)), to: &cases, &names)
          } catch {
            throw file.error(
              "\(path), line \(number + 1): \(error.pointer.isEmpty ? "" : "\(error.pointer): ")\(error.message)")
          }
        }
      } else {
        try add(place, to: &cases, &names)
      }
    }
    if cases.isEmpty { throw list.error("must not be empty") }
    return cases
  }

  private func add(_ place: Configuration, to cases: inout [PromptSuite.Case], _ names: inout Set<String>)
    throws(ConfigurationError)
  {
    try place.object(knowing: ["name", "messages", "tools", "ground_truth", "checks", "id"])
    let name = try (place["name"] ?? place["id"])?.nonEmptyString() ?? "case \(cases.count + 1)"
    guard names.insert(name).inserted else {
      throw place.error("there is another case \"\(name)\": give it a \"name\" of its own")
    }
    let messages = try place.required("messages")
    guard messages.value.kind == .array, messages.value.count > 0 else {
      throw messages.error("must be a list of messages: {\"role\": …, \"content\": …}")
    }
    for message in try messages.elements() {
      guard message.value.kind == .object else {
        throw message.error("must be a message: {\"role\": …, \"content\": …}")
      }
      if message.value.hasDuplicateNames { throw message.error("has two members of the same name") }
      _ = try message.required("role").nonEmptyString()
    }
    if let tools = place["tools"], tools.value.kind != .array, tools.value.kind != .null {
      throw tools.error("must be a list of tools")
    }
    if let truth = place["ground_truth"] { try Self.check(groundTruth: truth) }
    var checks: [PromptCheck] = []
    for check in try place["checks"]?.elements() ?? [] { checks.append(try PromptCheck(check, rewards: rewards)) }
    cases.append(
      PromptSuite.Case(
        name: name, messages: messages.value, tools: place["tools"].flatMap { $0.value.kind == .null ? nil : $0.value },
        groundTruth: place["ground_truth"]?.value, checks: checks))
  }

  /// Refuses what no reward reads. What is in a list, an object or a text is the rewards' own.
  private static func check(groundTruth truth: Configuration) throws(ConfigurationError) {
    switch truth.value.kind {
    case .array, .string: return
    case .object where truth.value.count > 0: return
    case .null:
      throw truth.error("says nothing: an empty list means that no call is right; take it away if that is not known")
    default:
      throw truth.error("must be a list of calls: [{\"name\": …, \"arguments\": {…}}]; none, [], if no call is right")
    }
  }
}
