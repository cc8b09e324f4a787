internal import ToolReward

/// The methods of Python's `str`. Not here: `encode`, `maketrans`, `translate`, `casefold`, `expandtabs`, `isidentifier`.
enum StringMethods {
  fileprivate typealias Body =
    @Sendable (_ text: JinjaText, _ arguments: CallArguments, _ state: inout RenderState)
    throws(TemplateFailure) -> JinjaValue

  /// The bound method of that name; `nil` if there is none.
  static func method(
    _ text: JinjaText, isMarkup: Bool, _ name: JinjaText, _ state: inout RenderState
  ) -> JinjaValue? {
    guard let method = StringMethod(name) else { return nil }
    return state.function(method.name) { (arguments, state) throws(TemplateFailure) in
      try method.call(text, isMarkup: isMarkup, arguments, &state)
    }
  }

  fileprivate static func marked(_ value: JinjaValue, _ heap: ValueHeap) -> JinjaValue {
    switch value {
    case .string(let text): .markup(text)
    case .list(let list): heap.list(list.elements.map { marked($0, heap) })
    case .tuple(let list): heap.tuple(list.elements.map { marked($0, heap) })
    default: value
    }
  }

  // MARK: Arguments

  private static func text(_ value: JinjaValue?, _ method: String) throws(TemplateFailure) -> JinjaText {
    guard let value else { throw TemplateFailure(.type, "\(method)() is missing an argument") }
    if let text = value.text { return text }
    throw TemplateFailure(.type, "\(method)() argument must be str, not \(value.typeName)")
  }

  private static func integer(_ value: JinjaValue?, _ otherwise: Int) throws(TemplateFailure) -> Int {
    guard let value else { return otherwise }
    if let integer = value.integer { return integer }
    throw TemplateFailure(.type, "'\(value.typeName)' object cannot be interpreted as an integer")
  }

  private static func plain(_ change: @escaping @Sendable ([UInt8]) -> [UInt8], _ name: String) -> Body {
    { (text, arguments, state) throws(TemplateFailure) in
      _ = try arguments.bound(name, [])
      return state.string(change(text.bytes))
    }
  }

  private static func check(_ name: String, _ holds: @escaping @Sendable ([UInt32]) -> Bool) -> Body {
    { (text, arguments, _) throws(TemplateFailure) in
      _ = try arguments.bound(name, [])
      return .boolean(holds(PythonStrings.points(text)))
    }
  }

  /// A method whose arguments have no names.
  private static func positional(_ name: String, _ most: Int, _ arguments: CallArguments, required: Int = 0)
    throws(TemplateFailure) -> [JinjaValue?]
  {
    guard arguments.named.isEmpty else { throw TemplateFailure(.type, "\(name)() takes no keyword arguments") }
    guard arguments.positional.count <= most, arguments.positional.count >= required else {
      throw TemplateFailure(
        .type, "\(name)() takes \(required) to \(most) arguments (\(arguments.positional.count) given)")
    }
    return (0..<most).map { $0 < arguments.positional.count ? arguments.positional[$0] : nil }
  }

  private static func strip(_ name: String, left: Bool, right: Bool) -> Body {
    { (text, arguments, _) throws(TemplateFailure) in
      let value = try positional(name, 1, arguments)[0]
      var characters: JinjaText?
      if let value {
        if case .null = value { characters = nil } else { characters = try self.text(value, name) }
      }
      return .string(PythonStrings.strip(text, characters, left: left, right: right))
    }
  }

  /// `text[start:end]` for the searching methods, and where it starts, in code points.
  private static func window(
    _ text: JinjaText, _ start: JinjaValue?, _ end: JinjaValue?
  ) throws(TemplateFailure) -> (text: JinjaText, offset: Int)? {
    if start == nil, end == nil { return (text, 0) }
    let characters = PythonStrings.characters(text)
    if let start = start?.integer, start > characters.count { return nil }
    let (first, _, count) = try Slicing.positions(characters.count, start ?? .null, end ?? .null, .null)
    if let end = end?.integer, end >= 0 ? end < first : end + characters.count < first { return nil }
    let from = characters[..<first].reduce(0) { $0 + $1.count }
    let length = characters[first..<(first + count)].reduce(0) { $0 + $1.count }
    return (text.part(from..<(from + length)), first)
  }

  private static func affix(
    _ name: String, _ holds: @escaping @Sendable (_ text: JinjaText, _ affix: JinjaText) -> Bool
  )
    -> Body
  {
    { (text, arguments, _) throws(TemplateFailure) in
      let values = try positional(name, 3, arguments, required: 1)
      var affixes: [JinjaText] = []
      if case .tuple(let list) = values[0] ?? .null {
        for element in list.elements { affixes.append(try self.text(element, name)) }
      } else {
        affixes = [try self.text(values[0], name)]
      }
      guard let window = try window(text, values[1], values[2]) else { return .boolean(false) }
      return .boolean(affixes.contains { holds(window.text, $0) })
    }
  }

  private static func search(_ name: String, last: Bool, raises: Bool) -> Body {
    { (text, arguments, state) throws(TemplateFailure) in
      let values = try positional(name, 3, arguments, required: 1)
      let part = try self.text(values[0], name)
      if let window = try window(text, values[1], values[2]) {
        let place =
          last ? PythonStrings.findLast(part, in: window.text) : PythonStrings.find(part, in: window.text, from: 0)
        if let place { return .integer(window.offset + PythonStrings.count(window.text.part(0..<place))) }
      }
      if raises { throw TemplateFailure(.value, "substring not found") }
      return .integer(-1)
    }
  }

  private static func pad(_ name: String, left: Bool, right: Bool) -> Body {
    { (text, arguments, state) throws(TemplateFailure) in
      let values = try positional(name, 2, arguments, required: 1)
      let width = try integer(values[0], 0)
      let fill = try values[1].map { (value) throws(TemplateFailure) in try self.text(value, name) } ?? JinjaText(" ")
      guard PythonStrings.count(fill) == 1 else {
        throw TemplateFailure(.type, "The fill character must be exactly one character long")
      }
      try state.charge(bytes: max(0, min(width, Int.max / 4)) * fill.count)
      return state.string(PythonStrings.padded(text, width, left: left, right: right, fill))
    }
  }

  private static func list(_ parts: [JinjaText], _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    try state.charge(parts.count * 2)
    return state.list(parts.lazy.map { .string($0) })
  }

  private static func split(_ name: String, fromRight: Bool) -> Body {
    { (text, arguments, state) throws(TemplateFailure) in
      let values = try arguments.bound(name, ["sep", "maxsplit"])
      let limit = try integer(values[1], -1)
      switch values[0] ?? .null {
      case .null:
        return try list(
          fromRight && limit >= 0 ? wordsFromRight(text, limit) : PythonStrings.words(text, limit), &state)
      default:
        let separator = try self.text(values[0], name)
        if separator.isEmpty { throw TemplateFailure(.value, "empty separator") }
        var parts = PythonStrings.split(text, separator, fromRight ? -1 : limit)
        if fromRight, limit >= 0, parts.count - 1 > limit {
          let tail = parts[(parts.count - limit)...]
          let length = tail.reduce(0) { $0 + $1.count + separator.count }
          parts = [text.part(0..<(text.count - length))] + tail
        }
        return try list(parts, &state)
      }
    }
  }

  private static func wordsFromRight(_ text: JinjaText, _ limit: Int) -> [JinjaText] {
    let words = PythonStrings.words(text, -1)
    guard words.count > limit else { return words }
    // The head keeps the white space at its start and between its words.
    var head = PythonStrings.strip(text, nil, left: false)
    for word in words[(words.count - limit)...].reversed() {
      head = PythonStrings.strip(head.part(0..<(head.count - word.count)), nil, left: false)
    }
    return (head.isEmpty ? [] : [head]) + words[(words.count - limit)...]
  }

  private static func partition(_ name: String, fromRight: Bool) -> Body {
    { (text, arguments, state) throws(TemplateFailure) in
      let separator = try self.text(positional(name, 1, arguments, required: 1)[0], name)
      if separator.isEmpty { throw TemplateFailure(.value, "empty separator") }
      let place =
        fromRight ? PythonStrings.findLast(separator, in: text) : PythonStrings.find(separator, in: text, from: 0)
      let empty = JinjaText("")
      var parts = fromRight ? [empty, empty, text] : [text, empty, empty]
      if let place { parts = [text.part(0..<place), separator, text.part((place + separator.count)..<text.count)] }
      return state.tuple(parts.lazy.map { .string($0) })
    }
  }

  private static func isAny(_ point: UInt32, _ test: (Unicode.Scalar.Properties) -> Bool) -> Bool {
    Unicode.Scalar(point).map { test($0.properties) } ?? false
  }

  private static func isAlpha(_ point: UInt32) -> Bool {
    isAny(point) {
      switch $0.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
      default: false
      }
    }
  }
  private static func isDecimal(_ point: UInt32) -> Bool { isAny(point) { $0.generalCategory == .decimalNumber } }
  private static func isDigit(_ point: UInt32) -> Bool {
    isAny(point) { $0.numericType == .decimal || $0.numericType == .digit }
  }
  private static func isNumeric(_ point: UInt32) -> Bool { isAny(point) { $0.numericType != nil } }
  private static func isUpper(_ point: UInt32) -> Bool { isAny(point) { $0.isUppercase } }
  private static func isLower(_ point: UInt32) -> Bool { isAny(point) { $0.isLowercase } }

  fileprivate static let methods: [String: Body] = {
    let named: [(String, Body)] = [
      ("lower", plain(PythonStrings.lower, "lower")), ("upper", plain(PythonStrings.upper, "upper")),
      ("capitalize", plain(PythonStrings.capitalize, "capitalize")), ("title", plain(PythonStrings.title, "title")),
      ("swapcase", plain(PythonStrings.swapCase, "swapcase")),
      ("strip", strip("strip", left: true, right: true)), ("lstrip", strip("lstrip", left: true, right: false)),
      ("rstrip", strip("rstrip", left: false, right: true)),
      ("startswith", affix("startswith") { $0.starts(with: $1) }),
      ("endswith", affix("endswith") { $0.ends(with: $1) }),
      ("find", search("find", last: false, raises: false)), ("rfind", search("rfind", last: true, raises: false)),
      ("index", search("index", last: false, raises: true)), ("rindex", search("rindex", last: true, raises: true)),
      ("ljust", pad("ljust", left: false, right: true)), ("rjust", pad("rjust", left: true, right: false)),
      ("center", pad("center", left: true, right: true)),
      ("split", split("split", fromRight: false)), ("rsplit", split("rsplit", fromRight: true)),
      ("partition", partition("partition", fromRight: false)), ("rpartition", partition("rpartition", fromRight: true)),
      ("isalpha", check("isalpha") { !$0.isEmpty && $0.allSatisfy(isAlpha) }),
      ("isdecimal", check("isdecimal") { !$0.isEmpty && $0.allSatisfy(isDecimal) }),
      ("isdigit", check("isdigit") { !$0.isEmpty && $0.allSatisfy(isDigit) }),
      ("isnumeric", check("isnumeric") { !$0.isEmpty && $0.allSatisfy(isNumeric) }),
      ("isalnum", check("isalnum") { !$0.isEmpty && $0.allSatisfy { isAlpha($0) || isNumeric($0) || isDecimal($0) } }),
      ("isspace", check("isspace") { !$0.isEmpty && $0.allSatisfy(PythonStrings.isSpace) }),
      ("isascii", check("isascii") { $0.allSatisfy { $0 < 0x80 } }),
      (
        "isupper",
        check("isupper") {
          $0.contains(where: isUpper)
            && !$0.contains { isLower($0) || isAny($0) { $0.generalCategory == .titlecaseLetter } }
        }
      ),
      (
        "islower",
        check("islower") {
          $0.contains(where: isLower)
            && !$0.contains { isUpper($0) || isAny($0) { $0.generalCategory == .titlecaseLetter } }
        }
      ),
      ("istitle", check("istitle", isTitle)),
      (
        "isprintable",
        check("isprintable") { points in
          var output: [UInt8] = []
          let text = PythonStrings.bytes(points.filter { $0 != 0x27 && $0 != 0x5C })
          PythonText.appendRepr(text[...], to: &output)
          return output.count == text.count + 2
        }
      ),
      ("join", join), ("replace", replace), ("count", count), ("splitlines", splitLines), ("zfill", zeroFill),
      ("removeprefix", remove("removeprefix") { $0.starts(with: $1) ? $0.part($1.count..<$0.count) : $0 }),
      (
        "removesuffix",
        remove("removesuffix") {
          $0.ends(with: $1) ? $0.part(0..<($0.count - $1.count)) : $0
        }
      ),
      (
        "format",
        { (text, arguments, state) throws(TemplateFailure) in
          state.string(try StringFormat.format(text, arguments, &state))
        }
      ),
      (
        "format_map",
        { (text, arguments, state) throws(TemplateFailure) in
          let mapping = try positional("format_map", 1, arguments, required: 1)[0] ?? .null
          guard case .dictionary(let dictionary) = mapping else {
            throw TemplateFailure(.type, "format_map() argument must be a mapping, not \(mapping.typeName)")
          }
          var named = CallArguments()
          for (key, value) in zip(dictionary.keys, dictionary.values) {
            if let name = key.text { named.named.append((name, value)) }
          }
          return state.string(try StringFormat.format(text, named, &state))
        }
      ),
    ]
    return Dictionary(named) { first, _ in first }
  }()

  private static func isTitle(_ points: [UInt32]) -> Bool {
    var isAfterCased = false
    var isAny = false
    for point in points {
      let isTitlecase = self.isAny(point) { $0.generalCategory == .titlecaseLetter }
      if isUpper(point) || isTitlecase {
        if isAfterCased { return false }
        isAfterCased = true
        isAny = true
      } else if isLower(point) {
        if !isAfterCased { return false }
        isAny = true
      } else {
        isAfterCased = false
      }
    }
    return isAny
  }

  private static func remove(_ name: String, _ change: @escaping @Sendable (JinjaText, JinjaText) -> JinjaText) -> Body
  {
    { (text, arguments, _) throws(TemplateFailure) in
      .string(change(text, try self.text(positional(name, 1, arguments, required: 1)[0], name)))
    }
  }

  private static let join: Body = { (text, arguments, state) throws(TemplateFailure) in
    let values = try positional("join", 1, arguments, required: 1)
    var result: [UInt8] = []
    for (position, element) in try Iteration.elements(values[0] ?? .null, &state).enumerated() {
      guard let part = element.text else {
        throw TemplateFailure(.type, "sequence item \(position): expected str instance, \(element.typeName) found")
      }
      if position > 0 { result += text }
      result += part
      try state.charge(bytes: part.count + text.count)
      if result.count > state.limits.outputBytes { try state.charge(bytes: result.count) }
    }
    return state.string(result)
  }

  private static let replace: Body = { (text, arguments, state) throws(TemplateFailure) in
    let values = try positional("replace", 3, arguments, required: 2)
    return .string(
      try PythonStrings.replace(
        text, StringMethods.text(values[0], "replace"), StringMethods.text(values[1], "replace"),
        integer(values[2], -1), &state))
  }

  private static let count: Body = { (text, arguments, state) throws(TemplateFailure) in
    let values = try positional("count", 3, arguments, required: 1)
    let part = try StringMethods.text(values[0], "count")
    guard let window = try window(text, values[1], values[2]) else { return .integer(0) }
    if part.isEmpty { return .integer(PythonStrings.count(window.text) + 1) }
    return .integer(PythonStrings.split(window.text, part, -1).count - 1)
  }

  private static let splitLines: Body = { (text, arguments, state) throws(TemplateFailure) in
    let keeps = try arguments.bound("splitlines", ["keepends"])[0]
    let keepEnds = try keeps.map { (value) throws(TemplateFailure) in try value.truth(&state) } ?? false
    return try list(PythonStrings.lines(text, keepEnds: keepEnds), &state)
  }

  private static let zeroFill: Body = { (text, arguments, state) throws(TemplateFailure) in
    let width = try integer(positional("zfill", 1, arguments, required: 1)[0], 0)
    let missing = max(width, 0) - PythonStrings.count(text)
    guard missing > 0 else { return .string(text) }
    try state.charge(bytes: missing)
    let sign = text.first == 0x2B || text.first == 0x2D ? 1 : 0
    return state.string(Array(text[..<sign]) + [UInt8](repeating: 0x30, count: missing) + text[sign...])
  }
}

/// A method of Python's `str`, not yet of a text.
struct StringMethod {
  let name: String
  private let body: StringMethods.Body

  /// `nil` if there is none of that name.
  init?(_ name: JinjaText) {
    self.name = name.message
    guard let body = StringMethods.methods[self.name] else { return nil }
    self.body = body
  }

  func call(
    _ text: JinjaText, isMarkup: Bool, _ arguments: CallArguments, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    try state.charge(bytes: text.count)
    if isMarkup, name == "format" || name == "format_map" || name == "join" || name == "replace" {
      throw TemplateFailure(.runtime, "'\(name)' of a string marked by 'safe' or 'escape' is not supported")
    }
    let result = try body(text, arguments, &state)
    return isMarkup ? StringMethods.marked(result, state.heap) : result
  }
}
