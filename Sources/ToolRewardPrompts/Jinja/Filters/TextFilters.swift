internal import ToolReward

/// Filters that make texts.
extension Filters {
  static let texts: [(String, Body)] = [
    text("lower", PythonStrings.lower), text("upper", PythonStrings.upper),
    text("capitalize", PythonStrings.capitalize),
    text("title", title),
    make("string") { (value, _, state) throws(TemplateFailure) in
      let (text, isMarkup) = try softText(value, &state)
      return string(text, isMarkup: isMarkup)
    },
    make("safe") { (value, _, state) throws(TemplateFailure) in .markup(try PythonPrinting.string(value, &state)) },
    make("escape", [], escape), make("e", [], escape),
    make("forceescape") { (value, _, state) throws(TemplateFailure) in
      .markup(try HTMLEscape.escaped(.string(try PythonPrinting.string(value, &state)), &state))
    },
    make("trim", ["chars"]) { (value, arguments, state) throws(TemplateFailure) in
      let (text, isMarkup) = try softText(value, &state)
      var characters: JinjaText?
      switch arguments[0] ?? .null {
      case .null: break
      case let value:
        guard let given = value.text else { throw TemplateFailure(.type, "strip arg must be None or str") }
        characters = given
      }
      return string(PythonStrings.strip(text, characters), isMarkup: isMarkup)
    },
    make("replace", ["old", "new", "count"], required: 2) { (value, arguments, state) throws(TemplateFailure) in
      let text = try PythonPrinting.string(value, &state)
      let old = try PythonPrinting.string(arguments[0] ?? .null, &state)
      let new = try PythonPrinting.string(arguments[1] ?? .null, &state)
      var limit = -1
      if let count = arguments[2], case .null = count {} else { limit = try integer(arguments[2], -1) }
      return .string(try PythonStrings.replace(text, old, new, limit, &state))
    },
    make("center", ["width"]) { (value, arguments, state) throws(TemplateFailure) in
      let (text, isMarkup) = try softText(value, &state)
      let width = try integer(arguments[0], 80)
      try state.charge(bytes: max(0, width))
      return string(
        state.heap.text(PythonStrings.padded(text, width, left: true, right: true)), isMarkup: isMarkup)
    },
    make("indent", ["width", "first", "blank"], indent),
    make("wordcount") { (value, _, state) throws(TemplateFailure) in
      .integer(wordCount(try PythonPrinting.string(value, &state).bytes))
    },
    make("truncate", ["length", "killwords", "end", "leeway"], truncate),
    (
      "format",
      { (value, arguments, state) throws(TemplateFailure) in
        if !arguments.positional.isEmpty, !arguments.named.isEmpty {
          throw TemplateFailure(.runtime, "can't handle positional and keyword arguments at the same time")
        }
        let (text, isMarkup) = try softText(value, &state)
        var operand = state.tuple(arguments.positional)
        if !arguments.named.isEmpty {
          operand = .dictionary(
            try JinjaDictionary(arguments.named.map { (key: .string($0.name), value: $0.value) }, state.heap))
        }
        return string(
          state.heap.text(try PercentFormat.format(text, operand, escapes: isMarkup, &state)), isMarkup: isMarkup)
      }
    ),
    make("tojson", ["ensure_ascii", "indent", "separators", "sort_keys"], toJSON),
    make("from_json", [], fromJSON), make("fromjson", [], fromJSON),
    make("urlencode", [], urlEncode),
    make("wordwrap", ["width", "break_long_words", "wrapstring", "break_on_hyphens"]) {
      (_, _, _) throws(TemplateFailure) in
      throw TemplateFailure(.runtime, "the filter 'wordwrap' is not supported")
    },
  ]

  private static func text(_ name: String, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]) -> (String, Body) {
    make(name) { (value, _, state) throws(TemplateFailure) in
      let (text, isMarkup) = try softText(value, &state)
      try state.charge(bytes: text.count)
      return string(state.heap.text(change(text.bytes)), isMarkup: isMarkup)
    }
  }

  private static func escape(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    .markup(try HTMLEscape.escaped(value, &state))
  }

  /// Words as Jinja splits them: at white space, hyphens and opening brackets.
  private static func title(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var word: [UInt8] = []
    func flush() {
      guard let lead = word.first else { return }
      let length = min(PythonStrings.length(lead), word.count)
      result += PythonStrings.upper(Array(word[..<length])) + PythonStrings.lower(Array(word[length...]))
      word = []
    }
    for character in PythonStrings.characters(text) {
      let point = PythonStrings.points(character).first ?? 0
      if PythonStrings.isSpace(point) || [0x2D, 0x28, 0x7B, 0x5B, 0x3C].contains(point) {
        flush()
        result += character
      } else {
        word += character
      }
    }
    flush()
    return result
  }

  private static func wordCount(_ text: [UInt8]) -> Int {
    var count = 0
    var isInWord = false
    for point in PythonStrings.points(text) {
      let isWord: Bool
      if point == 0x5F {
        isWord = true
      } else if let properties = Unicode.Scalar(point)?.properties {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: isWord = true
        default: isWord = properties.numericType != nil
        }
      } else {
        isWord = false
      }
      if isWord, !isInWord { count += 1 }
      isInWord = isWord
    }
    return count
  }

  private static func indent(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    guard let text = value.text else {
      if case .undefined(let undefined) = value { throw TemplateFailure.undefined(undefined) }
      throw TemplateFailure(.type, "unsupported operand type(s) for +=: '\(value.typeName)' and 'str'")
    }
    let indentation: [UInt8]
    if let width = arguments[0]?.text {
      indentation = width.bytes
    } else {
      let width = max(0, try integer(arguments[0], 4))
      try state.charge(bytes: width)
      indentation = [UInt8](repeating: 0x20, count: width)
    }
    let first = try truth(arguments[1], false, &state)
    let blank = try truth(arguments[2], false, &state)
    let lines = PythonStrings.lines(state.heap.joined(text, JinjaText("\n")))
    let (size, overflow) = lines.count.multipliedReportingOverflow(by: indentation.count + 1)
    try state.charge(bytes: overflow ? .max : size + text.count)
    var result: [UInt8] = first ? indentation : []
    for (number, line) in lines.enumerated() {
      if number > 0 {
        result.append(0x0A)
        if blank || !line.isEmpty { result += indentation }
      }
      result += line
    }
    return string(state.heap.text(result), isMarkup: value.isMarkup)
  }

  private static func truncate(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    let length = try integer(arguments[0], 255)
    let kills = try truth(arguments[1], false, &state)
    let end =
      try arguments[2].map { (value) throws(TemplateFailure) in try PythonPrinting.string(value, &state) }
      ?? JinjaText("...")
    var leeway = 5
    if let given = arguments[3], case .null = given {} else { leeway = try integer(arguments[3], 5) }
    let endLength = PythonStrings.count(end)
    guard length >= endLength, leeway >= 0 else {
      throw TemplateFailure(.value, "expected length >= \(endLength), got \(length)")
    }
    let (most, overflow) = length.addingReportingOverflow(leeway)
    if overflow { throw Arithmetic.tooBig }
    guard case .integer(let count) = try Filters.length(value, [], &state) else { return value }
    if count <= most { return value }
    guard let text = value.text else { throw TemplateFailure(.type, "a \(value.typeName) cannot be truncated") }
    let characters = PythonStrings.characters(text)
    let head = text.part(0..<characters[..<(length - endLength)].reduce(0) { $0 + $1.count })
    if kills { return string(state.heap.joined(head, end), isMarkup: value.isMarkup) }
    let kept = PythonStrings.findLast(JinjaText(" "), in: head).map { head.part(0..<$0) } ?? head
    return string(state.heap.joined(kept, end), isMarkup: value.isMarkup)
  }

  /// `json.dumps`; the separators as `(items, names)`.
  private static func toJSON(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    var dump = JSONDump()
    dump.ensureASCII = try truth(arguments[0], false, &state)
    dump.sortKeys = try truth(arguments[3], false, &state)
    switch arguments[1] ?? .null {
    case .null: break
    case let indent:
      if let text = indent.text {
        dump.indent = text.bytes
      } else {
        let width = max(0, try integer(indent, 0))
        try state.charge(bytes: width)
        dump.indent = [UInt8](repeating: 0x20, count: width)
      }
      dump.itemSeparator = JinjaText(",")
    }
    switch arguments[2] ?? .null {
    case .null: break
    case let separators:
      let parts = try Iteration.elements(separators, &state)
      guard parts.count == 2, let items = parts[0].text, let names = parts[1].text else {
        throw TemplateFailure(.value, "separators must be two strings")
      }
      dump.itemSeparator = items
      dump.nameSeparator = names
    }
    var output: [UInt8] = []
    try dump.append(value, to: &output, &state)
    return state.string(output)
  }

  /// `json.loads`: not Jinja's, but llama.cpp's and vLLM's environments have it, and templates call it.
  private static func fromJSON(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    guard let text = value.text else {
      throw TemplateFailure(.type, "the JSON object must be str, bytes or bytearray, not \(value.typeName)")
    }
    try state.charge(bytes: text.count)
    do throws(ValueError) {
      return JinjaValue(try ValueReader(syntax: .python, limits: .python).read(text.bytes), state.heap)
    } catch {
      throw TemplateFailure(.value, "\(error)")
    }
  }

  private static func urlEncode(
    _ value: JinjaValue, _ arguments: [JinjaValue?], _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    func quoted(_ value: JinjaValue, _ state: inout RenderState, isQuery: Bool) throws(TemplateFailure) -> [UInt8] {
      var result: [UInt8] = []
      for byte in try PythonPrinting.string(value, &state) {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E, 0x2D, 0x7E: result.append(byte)
        case 0x2F where !isQuery: result.append(byte)
        case 0x20 where isQuery: result.append(0x2B)
        default:
          let hex = String(byte, radix: 16, uppercase: true)
          result += Array("%\(hex.utf8.count < 2 ? "0" : "")\(hex)".utf8)
        }
      }
      try state.charge(bytes: result.count)
      return result
    }
    let pairs: JinjaElements
    switch value {
    case .dictionary(let dictionary): pairs = DictionaryView(dictionary, .items).elements(state.heap)
    case .list, .tuple: pairs = try Iteration.elements(value, &state)
    case .object(let object) where object.isIterable: pairs = try Iteration.elements(value, &state)
    default: return state.string(try quoted(value, &state, isQuery: false))
    }
    var result: [UInt8] = []
    for (number, pair) in pairs.enumerated() {
      let parts = try Iteration.elements(pair, &state)
      guard parts.count == 2 else { throw TemplateFailure(.value, "urlencode takes pairs") }
      if number > 0 { result.append(0x26) }
      result += try quoted(parts[0], &state, isQuery: true)
      result.append(0x3D)
      result += try quoted(parts[1], &state, isQuery: true)
    }
    return state.string(result)
  }
}
