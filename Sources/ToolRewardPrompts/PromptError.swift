/// Why a prompt cannot be made.
public struct PromptError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A sentence for people, without a full stop.
  public let message: String
  /// Where in the template, if a template is the cause.
  public let place: TemplatePlace?
  /// Whether a limit ended the rendering, so that it may be done with more room.
  public let isLimit: Bool

  package init(_ message: String, at place: TemplatePlace? = nil, isLimit: Bool = false) {
    self.message = message
    self.place = place
    self.isLimit = isLimit
  }

  /// The message, and the place with the line's text where there is one.
  public var description: String { place.map { "\($0): \(message)\n\($0.excerpt)" } ?? message }
}

/// A place in a template.
public struct TemplatePlace: Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int
  /// The column, from 1, in code points.
  public let column: Int
  /// The line's text; at most its first 200 code points.
  public let text: String

  package init(line: Int, column: Int, text: String) {
    self.line = line
    self.column = column
    self.text = text
  }

  /// `line 3, column 7`.
  public var description: String { "line \(line), column \(column)" }

  /// The line with a mark under the column; what would act on a terminal instead of being seen is `�`.
  package var excerpt: String {
    var line = ""
    for scalar in text.unicodeScalars {
      let acts = [.control, .format].contains(scalar.properties.generalCategory) && scalar != "\t"
      line.unicodeScalars.append(acts ? "\u{FFFD}" : scalar)
    }
    let padding = text.unicodeScalars.prefix(max(0, column - 1)).map { $0 == "\t" ? "\t" : " " }.joined()
    return "  \(line)\n  \(padding)^"
  }
}
