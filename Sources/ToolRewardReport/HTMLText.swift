/// Builds a page. Only ``raw(_:)`` takes markup, and it takes literals; whatever else goes in is escaped.
package struct HTMLText {
  package private(set) var text = ""

  package init() {}

  /// Markup of this package's own.
  package mutating func raw(_ markup: StaticString) { text += markup.description }

  /// Text of anyone's: what has a meaning in HTML is escaped, what acts without being seen is spelled out.
  package mutating func text(_ content: String) { text += Self.escaped(content) }

  /// Adds an element with its start and end tags.
  ///
  /// - Parameters:
  ///   - name: The tag.
  ///   - attributes: Names and values; the values are escaped.
  package mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ body: (inout HTMLText) -> Void
  ) {
    open(name, attributes)
    body(&self)
    text += "</\(name)>"
  }

  /// Adds an element that holds text of anyone's.
  package mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, _ content: String
  ) {
    element(name, attributes) { $0.text(content) }
  }

  /// Adds an element without attributes that holds text of anyone's.
  package mutating func element(_ name: StaticString, _ content: String) { element(name, [:], content) }

  /// Adds a start tag.
  package mutating func open(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) {
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value))\"" }
    text += ">"
  }

  /// Adds a line feed, for those who read the source.
  package mutating func newLine() { text += "\n" }

  private static func escaped(_ content: String) -> String {
    var result = ""
    for scalar in VisibleText.of(content).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
