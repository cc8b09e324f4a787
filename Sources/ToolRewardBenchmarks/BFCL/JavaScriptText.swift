internal import ToolReward

/// What the official code makes of an argument's JavaScript source: `js_type_converter.py`.
enum JavaScriptText {
  /// The value of a type; `nil` where the official code raises an exception.
  static func value(_ text: CodePoints, _ type: String, _ items: String? = nil) -> PythonValue? {
    switch type {
    case "String": return .string(isQuoted(text) ? text.inner : text)
    case "integer": return integer.match(text) == nil ? .string(text) : text.pythonInteger()
    case "float": return float.match(text) == nil ? .string(text) : text.pythonFloat()
    case "Bigint":
      guard bigInteger.match(text) != nil else { return .string(text) }
      return CodePoints(text.points.dropLast()).pythonInteger()
    case "Boolean":
      if text == "true" { return .boolean(true) }
      return text == "false" ? .boolean(false) : .string(text)
    case "dict": return dictionary(text.stripped(), depth: 0)
    case "array": return array(text.stripped(), items)
    case "any": return .string(text)
    default: return nil
    }
  }

  private static let integer = PythonPattern(#"^-?\d+$"#)
  private static let float = PythonPattern(#"^-?\d+(\.\d+)?$"#)
  private static let bigInteger = PythonPattern(#"^-?\d+n$"#)
  private static let arrays = PythonPattern(
    #"\[\s*\[.*?\]\s*(,\s*\[.*?\]\s*)*\]|\bnew\s+Array\(\s*\[.*?\]\s*(,\s*\[.*?\]\s*)*\)"#)
  private static let innerArray = PythonPattern(#"\[(.*?)\]"#)
  private static let arrayPattern = PythonPattern(#"\[(.*?)\]|\bnew\s+Array\((.*?)\)"#)
  private static let object = PythonPattern(#"\{(.*?)\}"#)
  private static let pair = PythonPattern(#"([^:]+):\s*(.*?)(?:,\s*(?=[^,]+:)|$)"#)

  /// All patterns: a test asks whether each is understood.
  static let patterns = [integer, float, bigInteger, arrays, innerArray, arrayPattern, object, pair]

  private static func isQuoted(_ text: CodePoints) -> Bool {
    (text.hasPrefix("\"") && text.hasSuffix("\"")) || (text.hasPrefix("'") && text.hasSuffix("'"))
  }

  /// An array of `code`, which has no white space around it.
  private static func array(_ code: CodePoints, _ type: String?) -> PythonValue {
    if let match = arrays.match(code) {
      let body = code[match.range]
      var rows: [PythonValue] = []
      for (index, match) in innerArray.findAll(body).enumerated() {
        guard let range = match.group(1) else { continue }
        var row = body[range].stripped()
        if index == 0, row.hasPrefix("[") { row = CodePoints(row.points.dropFirst()) }
        rows.append(.list(row.split(",").map { plainValue($0.stripped()) }))
      }
      return .list(rows)
    }
    guard let match = arrayPattern.match(code) else { return .string(code) }
    let body = (match.group(1) ?? match.group(2)).map { code[$0].stripped() } ?? CodePoints([])
    var elements: [PythonValue] = []
    for text in body.isEmpty ? [] : body.split(",") {
      let text = text.stripped()
      guard let type else {
        elements.append(plainValue(text))
        continue
      }
      // Where one element cannot be converted, the official code gives the whole up and keeps the text.
      let items = text.hasPrefix("'") || text.hasPrefix("\"") ? "String" : nil
      guard let element = value(text, type, items) else { return .string(code) }
      elements.append(element)
    }
    return .list(elements)
  }

  /// An object of `code`, which has no white space around it. What braces hold within braces is cut at the first that closes, so that it
  /// nests no further than the text has braces; the limit is Python's.
  private static func dictionary(_ code: CodePoints, depth: Int) -> PythonValue {
    if code == "{}" { return .dictionary([]) }
    guard depth < 900, let match = object.match(code), let range = match.group(1) else { return .string(code) }
    let content = code[range]
    var members: [PythonValue.Member] = []
    for match in pair.findAll(content) {
      guard let key = match.group(1), let value = match.group(2) else { continue }
      let name = content[key].stripped().stripped { $0 == 0x27 || $0 == 0x22 }
      let text = content[value].stripped()
      let member: PythonValue
      if text.hasPrefix("["), text.hasSuffix("]") {
        member = array(text, nil)
      } else if text.hasPrefix("{"), text.hasSuffix("}") {
        member = dictionary(text, depth: depth + 1)
      } else {
        member = plainValue(text.stripped { $0 == 0x27 || $0 == 0x22 })
      }
      members.append(PythonValue.Member(key: .string(name.utf8), value: member))
    }
    return .dictionary(PythonValue.distinct(members))
  }

  /// A value whose type is not known: `parse_js_value`.
  private static func plainValue(_ text: CodePoints) -> PythonValue {
    let text = text.stripped()
    if text == "true" { return .boolean(true) }
    if text == "false" { return .boolean(false) }
    if isQuoted(text) { return .string(text.inner) }
    return text.pythonInteger() ?? text.pythonFloat() ?? .string(text)
  }
}
