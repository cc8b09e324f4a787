/// `a(…)`.
final class CallExpression: Expression {
  private let function: Expression
  private let arguments: ArgumentExpressions
  /// The function as an attribute, which may be a method.
  private let attribute: AttributeExpression?
  private let stringMethod: StringMethod?
  private let dictionaryMethod: DictionaryMethod?

  private enum DictionaryMethod: String { case get, keys, values, items }

  init(_ function: Expression, _ arguments: ArgumentExpressions, _ offset: Int) {
    self.function = function
    self.arguments = arguments
    attribute = function as? AttributeExpression
    stringMethod = attribute.flatMap { StringMethod($0.name) }
    dictionaryMethod = attribute.flatMap { DictionaryMethod(rawValue: $0.name.message) }
    super.init(offset)
  }

  override var children: [Node] { [function] + arguments.nodes }
  override var isPure: Bool { false }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    try call(caller: nil, &state)
  }

  func call(caller: JinjaValue?, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let callee: JinjaValue
    if let attribute, caller == nil {
      let object = try attribute.base.evaluate(&state)
      if let result = try callMethod(of: object, &state) { return result }
      callee = try attribute.value(of: object, &state)
    } else {
      callee = try function.evaluate(&state)
    }
    do throws(TemplateFailure) {
      var arguments = try self.arguments.evaluate(&state)
      if let caller { arguments.named.append((JinjaText("caller"), caller)) }
      switch callee {
      case .object(let object): return try object.call(arguments, &state)
      case .undefined(let value): throw TemplateFailure.undefined(value)
      default: throw TemplateFailure(.type, "'\(callee.typeName)' object is not callable")
      }
    } catch { throw error.at(offset) }
  }

  /// Calls a method without making a function of it; `nil` if it is none of those of strings and dictionaries.
  private func callMethod(of object: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    do throws(TemplateFailure) {
      switch object {
      case .string(let text), .markup(let text):
        guard let stringMethod else { return nil }
        try state.charge()
        let arguments = try arguments.evaluate(&state)
        return try stringMethod.call(text, isMarkup: object.isMarkup, arguments, &state)
      case .dictionary(let dictionary):
        guard let dictionaryMethod else { return nil }
        if dictionaryMethod == .get {
          try state.charge()
          return try Access.get(dictionary, try arguments.evaluate(&state))
        }
        guard arguments.isEmpty, let part = DictionaryView.Part(rawValue: dictionaryMethod.rawValue) else { return nil }
        try state.charge()
        return state.object(DictionaryView(dictionary, part))
      default: return nil
      }
    } catch { throw error.at(offset) }
  }
}
