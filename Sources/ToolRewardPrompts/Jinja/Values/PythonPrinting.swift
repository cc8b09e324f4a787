internal import ToolReward

/// `str`, `repr` and `json.dumps`.
enum PythonPrinting {

  /// `str(value)`.
  @inline(__always)
  static func string(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaText {
    switch value {
    case .string(let text), .markup(let text): return text
    default: return try otherString(value, &state)
    }
  }

  private static func otherString(
    _ value: JinjaValue, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaText {
    switch value {
    case .missing, .undefined: return JinjaText("")
    case .null: return JinjaText("None")
    case .boolean(let truth): return truth ? JinjaText("True") : JinjaText("False")
    case .integer(let integer): return state.heap.text(String(integer).utf8)
    default:
      var output: [UInt8] = []
      try appendRepr(value, to: &output, &state)
      return state.heap.text(output)
    }
  }

  /// Appends `repr(value)`.
  static func appendRepr(
    _ value: JinjaValue, to output: inout [UInt8], _ state: inout RenderState
  ) throws(TemplateFailure) {
    switch value {
    case .missing, .undefined: JinjaText("Undefined").append(to: &output)
    case .null: JinjaText("None").append(to: &output)
    case .boolean(let truth): (truth ? JinjaText("True") : JinjaText("False")).append(to: &output)
    case .integer(let integer): output += Array(String(integer).utf8)
    case .bigInteger(let digits): digits.append(to: &output)
    case .float(let double): output += Array(float(double).utf8)
    case .string(let text):
      try state.charge(bytes: text.count)
      append(repr: text, to: &output)
    case .markup(let text):
      JinjaText("Markup(").append(to: &output)
      append(repr: text, to: &output)
      output.append(0x29)
    case .list(let list):
      output.append(0x5B)
      try append(list, to: &output, &state)
      output.append(0x5D)
    case .tuple(let list):
      output.append(0x28)
      let isWhole = try append(list, to: &output, &state)
      (isWhole && list.count == 1 ? JinjaText(",)") : JinjaText(")")).append(to: &output)
    case .dictionary(let dictionary):
      output.append(0x7B)
      try appendMembers(dictionary, to: &output, &state)
      output.append(0x7D)
    case .object(let object):
      try state.enter(1)
      try object.appendRepr(&output, &state)
      state.leave(1)
    }
    if output.count > state.limits.outputBytes {
      throw TemplateFailure(.limit, "a text of more than \(state.limits.outputBytes) bytes")
    }
  }

  private static func append(repr text: JinjaText, to output: inout [UInt8]) {
    guard text.isPlain else {
      PythonText.appendRepr(text.bytes[...], to: &output)
      return
    }
    output.append(0x27)
    text.append(to: &output)
    output.append(0x27)
  }

  /// The elements, or `...` inside themselves. Gives whether it was the elements.
  @discardableResult
  private static func append(
    _ list: JinjaList, to output: inout [UInt8], _ state: inout RenderState
  ) throws(TemplateFailure) -> Bool {
    guard try begin(list.identity, to: &output, &state) else { return false }
    for (position, element) in list.elements.enumerated() {
      try state.charge()
      if position > 0 { JinjaText(", ").append(to: &output) }
      try appendRepr(element, to: &output, &state)
    }
    end(&state)
    return true
  }

  private static func appendMembers(
    _ dictionary: JinjaDictionary, to output: inout [UInt8], _ state: inout RenderState
  ) throws(TemplateFailure) {
    guard try begin(dictionary.identity, to: &output, &state) else { return }
    let values = dictionary.values
    for (position, key) in dictionary.keys.enumerated() {
      try state.charge()
      if position > 0 { JinjaText(", ").append(to: &output) }
      try appendRepr(key, to: &output, &state)
      JinjaText(": ").append(to: &output)
      try appendRepr(values[position], to: &output, &state)
    }
    end(&state)
  }

  private static func begin(
    _ container: UInt, to output: inout [UInt8], _ state: inout RenderState
  ) throws(TemplateFailure) -> Bool {
    if state.printed.contains(container) {
      JinjaText("...").append(to: &output)
      return false
    }
    try state.enter(1)
    state.printed.append(container)
    return true
  }

  private static func end(_ state: inout RenderState) {
    state.printed.removeLast()
    state.leave(1)
  }

  /// `repr` of a float.
  static func float(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return PythonValue.repr(value)
  }

  /// A byte as a text for a message.
  static func shortText(_ byte: UInt8) -> String { "'\(String(decoding: [byte], as: UTF8.self))'" }

  /// A scalar for a message; containers by their type.
  static func shortText(_ value: JinjaValue) -> String {
    switch value {
    case .null: "None"
    case .boolean(let truth): truth ? "True" : "False"
    case .integer(let integer): String(integer)
    case .float(let double): float(double)
    case .string(let text), .markup(let text): "'\(String(decoding: text.prefix(80), as: UTF8.self))'"
    default: "a \(value.typeName)"
    }
  }
}

/// `json.dumps` with Hugging Face's defaults: characters beyond ASCII as they are.
struct JSONDump {
  var ensureASCII = false
  /// What one level is indented by; `nil` for one line.
  var indent: [UInt8]?
  /// What stands between items and after names; `nil` for `, ` and `: `.
  var itemSeparator: JinjaText?
  var nameSeparator: JinjaText?
  var sortKeys = false
  /// Where the text starts in the output.
  var start = 0

  private var isPlain: Bool { indent == nil && itemSeparator == nil && nameSeparator == nil }

  func append(
    _ value: JinjaValue, to output: inout [UInt8], level: Int = 0, _ state: inout RenderState
  ) throws(TemplateFailure) {
    let start = output.count
    switch value {
    case .null: JinjaText("null").append(to: &output)
    case .boolean(let truth): (truth ? JinjaText("true") : JinjaText("false")).append(to: &output)
    case .integer(let integer): output += Array(String(integer).utf8)
    case .bigInteger(let digits): digits.append(to: &output)
    case .float(let double): output += Array(float(double).utf8)
    case .string(let text), .markup(let text): append(text, to: &output)
    case .list(let list):
      if isPlain, let source = list.source {
        JSONWriter.python(ensureASCII: ensureASCII, sortKeys: sortKeys).write(source, to: &output)
      } else {
        try append(list.elements, to: &output, level, &state)
      }
    case .tuple(let list): try append(list.elements, to: &output, level, &state)
    case .dictionary(let dictionary):
      if isPlain, let source = dictionary.source {
        JSONWriter.python(ensureASCII: ensureASCII, sortKeys: sortKeys).write(source, to: &output)
      } else {
        try append(dictionary, to: &output, level, &state)
      }
    case .missing, .undefined, .object:
      throw TemplateFailure(.type, "Object of type \(value.typeName) is not JSON serializable")
    }
    try state.charge(bytes: output.count - start)
    try checkLength(output.count, state)
  }

  private func checkLength(_ length: Int, _ state: RenderState) throws(TemplateFailure) {
    if length - start > state.limits.outputBytes {
      throw TemplateFailure(.limit, "a text of more than \(state.limits.outputBytes) bytes")
    }
  }

  private func float(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return PythonPrinting.float(value)
  }

  private func append(_ text: JinjaText, to output: inout [UInt8]) {
    JSONWriter.python(ensureASCII: ensureASCII).appendString(text.span, 0..<text.count, to: &output)
  }

  private func newLine(
    _ level: Int, to output: inout [UInt8], _ state: RenderState
  ) throws(TemplateFailure) {
    guard let indent else { return }
    // A wide indentation is written many times before the value that it indents is.
    try checkLength(output.count + level * indent.count, state)
    output.append(0x0A)
    for _ in 0..<level { output += indent }
  }

  private func append(
    _ elements: JinjaElements, to output: inout [UInt8], _ level: Int, _ state: inout RenderState
  ) throws(TemplateFailure) {
    try state.enter(1)
    output.append(0x5B)
    for (position, element) in elements.enumerated() {
      try state.charge()
      if position > 0 { (itemSeparator ?? JinjaText(", ")).append(to: &output) }
      try newLine(level + 1, to: &output, state)
      try append(element, to: &output, level: level + 1, &state)
    }
    if !elements.isEmpty { try newLine(level, to: &output, state) }
    output.append(0x5D)
    state.leave(1)
  }

  private func append(
    _ dictionary: JinjaDictionary, to output: inout [UInt8], _ level: Int, _ state: inout RenderState
  ) throws(TemplateFailure) {
    try state.enter(1)
    var members = Array(zip(dictionary.keys, dictionary.values))
    if sortKeys { members = try Comparison.sorted(members, &state) { $0.0 } }
    output.append(0x7B)
    for (position, (key, value)) in members.enumerated() {
      try state.charge()
      if position > 0 { (itemSeparator ?? JinjaText(", ")).append(to: &output) }
      try newLine(level + 1, to: &output, state)
      append(try name(key, state.heap), to: &output)
      (nameSeparator ?? JinjaText(": ")).append(to: &output)
      try append(value, to: &output, level: level + 1, &state)
    }
    if !members.isEmpty { try newLine(level, to: &output, state) }
    output.append(0x7D)
    state.leave(1)
  }

  private func name(_ key: JinjaValue, _ heap: ValueHeap) throws(TemplateFailure) -> JinjaText {
    switch key {
    case .string(let text), .markup(let text): return text
    case .null: return JinjaText("null")
    case .boolean(let truth): return truth ? JinjaText("true") : JinjaText("false")
    case .integer(let integer): return heap.text(String(integer).utf8)
    case .bigInteger(let digits): return digits
    case .float(let double): return heap.text(float(double).utf8)
    default: throw TemplateFailure(.type, "keys must be str, int, float, bool or None, not \(key.typeName)")
    }
  }
}
