internal import ToolReward

/// What the official code makes of an argument's Java source: `java_type_converter.py`.
///
/// What does not look like the type stays text, which then has the wrong type, or is compared as a variable's name.
enum JavaText {
  /// The value of a type; `nil` where the official code raises an exception.
  static func value(_ text: CodePoints, _ type: String, _ items: String? = nil) -> PythonValue? {
    switch type {
    case "byte", "short", "integer": return integer.match(text) == nil ? .string(text) : text.pythonInteger()
    case "float": return float.match(text) == nil ? .string(text) : withoutSuffix(text, [0x66, 0x46]).pythonFloat()
    case "double": return double.match(text) == nil ? .string(text) : text.pythonFloat()
    case "long": return long.match(text) == nil ? .string(text) : withoutSuffix(text, [0x6C, 0x4C]).pythonInteger()
    case "boolean":
      if text == "true" { return .boolean(true) }
      return text == "false" ? .boolean(false) : .string(text)
    case "ArrayList": return arrayList(text, items)
    case "Array": return array(text, items)
    case "HashMap": return hashMap(text)
    case "char", "String", "any": return .string(text)
    default: return nil
    }
  }

  private static let integer = PythonPattern(#"^-?\d+$"#)
  private static let float = PythonPattern(#"^-?\d+(\.\d+)?([eE][+-]?\d+)?[fF]$"#)
  private static let double = PythonPattern(#"^-?\d+(\.\d+)?([eE][+-]?\d+)?$"#)
  private static let long = PythonPattern(#"^-?\d+[lL]$"#)
  private static let asList = PythonPattern(#"new\s+ArrayList<\w*>\(Arrays\.asList\((.+?)\)\)"#)
  private static let initialised = PythonPattern(
    #"new\s+ArrayList<\w*>\(\)\s*\{\{\s*(.+?)\s*\}\}"#, dotMatchesAll: true)
  private static let add = PythonPattern(#"add\((.+?)\)"#)
  private static let emptyList = PythonPattern(#"new\s+ArrayList<\w*>\(\)"#)
  private static let arrayPattern = PythonPattern(#"new\s+\w+\[\]\s*\{(.*?)\}"#)
  private static let map = PythonPattern(
    #"new\s+HashMap<.*?>\s*\(\)\s*\{\s*\{?\s*(.*?)\s*\}?\s*\}"#, dotMatchesAll: true)
  private static let put = PythonPattern(#"put\("(.*?)",\s*(.*?)\)"#)
  private static let emptyMap = PythonPattern(#"new\s+HashMap<.*?>\s*\(\)"#)

  /// All patterns: a test asks whether each is understood.
  static let patterns = [
    integer, float, double, long, asList, initialised, add, emptyList, arrayPattern, map, put, emptyMap,
  ]

  /// The text without a suffix, and without the line feed that `$` lets pass behind it: the number is read without it.
  private static func withoutSuffix(_ text: CodePoints, _ suffix: [UInt32]) -> CodePoints {
    var points = text.points
    let tail = points.last == 0x0A ? points.count - 2 : points.count - 1
    if tail >= 0, suffix.contains(points[tail]) { points.remove(at: tail) }
    return CodePoints(points)
  }

  private static func element(_ text: CodePoints, _ type: String?) -> PythonValue? {
    switch type {
    case "char", "String": .string(text.inner)
    case let type?: value(text, type)
    case nil: plainValue(text)
    }
  }

  private static func list(_ texts: [CodePoints], _ body: (CodePoints) -> PythonValue?) -> PythonValue? {
    var elements: [PythonValue] = []
    for text in texts {
      guard let element = body(text) else { return nil }
      elements.append(element)
    }
    return .list(elements)
  }

  private static func arrayList(_ text: CodePoints, _ type: String?) -> PythonValue? {
    if let match = asList.search(text), let range = match.group(1) {
      return list(text[range].split(",").map { $0.stripped() }) { element($0, type) }
    }
    if let match = initialised.search(text), let range = match.group(1) {
      let body = text[range]
      return list(add.findAll(body).compactMap { $0.group(1) }.map { body[$0].stripped() }) { element($0, type) }
    }
    return emptyList.search(text) == nil ? .string(text) : .list([])
  }

  private static func array(_ text: CodePoints, _ type: String?) -> PythonValue? {
    guard let match = arrayPattern.search(text), let range = match.group(1) else { return .string(text) }
    let texts = text[range].split(",").map { $0.stripped() }.filter { !$0.isEmpty }
    return list(texts) { text in type.map { value(text, $0) } ?? plainValue(text) }
  }

  private static func hashMap(_ text: CodePoints) -> PythonValue? {
    if let match = map.search(text), let range = match.group(1) {
      let body = text[range]
      let members = put.findAll(body).compactMap { match -> PythonValue.Member? in
        guard let key = match.group(1), let value = match.group(2) else { return nil }
        return PythonValue.Member(key: .string(body[key].utf8), value: plainValue(body[value].stripped()))
      }
      return .dictionary(PythonValue.distinct(members))
    }
    return emptyMap.search(text) == nil ? .string(text) : .dictionary([])
  }

  /// A value whose type is not known: `parse_java_value`.
  private static func plainValue(_ text: CodePoints) -> PythonValue {
    if text == "true" { return .boolean(true) }
    if text == "false" { return .boolean(false) }
    if text.hasPrefix("\""), text.hasSuffix("\"") { return .string(text.inner) }
    if long.match(text) != nil {
      // The official code cuts the last character off, which may be a line feed: `int` then fails.
      return CodePoints(text.points.dropLast()).pythonInteger() ?? .string(text)
    }
    if float.match(text) != nil, let value = withoutSuffix(text, [0x66, 0x46]).pythonFloat() { return value }
    return text.pythonInteger() ?? text.pythonFloat() ?? .string(text)
  }
}
