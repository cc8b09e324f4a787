/// Why a rendering ends early. Small, for it travels through every evaluation.
struct TemplateFailure: Error {
  /// What kind of error it is; Python's name for it leads the message.
  enum Kind: String {
    case syntax = "TemplateSyntaxError"
    case undefined = "UndefinedError"
    case type = "TypeError"
    case value = "ValueError"
    case lookup = "LookupError"
    case arithmetic = "ArithmeticError"
    case security = "SecurityError"
    case runtime = "TemplateRuntimeError"
    /// `raise_exception`.
    case raised = "TemplateError"
    case limit = "limit"
  }

  /// Written by the one rendering that it ends.
  private final class Details: @unchecked Sendable {
    let kind: Kind
    let message: String
    var offset: Int?

    init(_ kind: Kind, _ message: String, _ offset: Int?) {
      self.kind = kind
      self.message = message
      self.offset = offset
    }
  }

  private let details: Details

  init(_ kind: Kind, _ message: String, at offset: Int? = nil) { details = Details(kind, message, offset) }

  var kind: Kind { details.kind }
  var message: String { details.message }
  /// Where in the template's text; the innermost place that knows.
  var offset: Int? { details.offset }

  /// The failure, placed where it has no place yet.
  func at(_ offset: Int) -> TemplateFailure {
    if details.offset == nil { details.offset = offset }
    return self
  }

  static func undefined(_ value: UndefinedValue) -> TemplateFailure {
    if case .unsafe = value.cause { return TemplateFailure(.security, value.message) }
    return TemplateFailure(.undefined, value.message)
  }
}
