/// Why a configuration file cannot be used, and where.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, counted from 1.
  public let line: Int
  /// The column in bytes, counted from 1.
  public let column: Int
  /// The place as a JSON Pointer (RFC 6901); empty for the whole.
  public let pointer: String
  /// What is wrong and how to mend it.
  public let message: String

  package init(line: Int, column: Int, pointer: String, message: String) {
    self.line = line
    self.column = column
    self.pointer = pointer
    self.message = message
  }

  /// Place and message: `3:14: /reward/sum/0/weight: must be a number`.
  public var description: String { "\(line):\(column): \(pointer.isEmpty ? "" : "\(pointer): ")\(message)" }
}

/// A value in a configuration file, that knows where it stands. Reads typed parts of itself, or says what is wrong.
package struct Configuration: Sendable {
  package let value: Value
  package let pointer: String
  private let text: [UInt8]

  /// Reads a file's text.
  package init(_ text: [UInt8]) throws(ConfigurationError) {
    do throws(ValueError) {
      value = try ValueReader().read(text)
    } catch {
      throw Self.error(in: text, at: error.offset, pointer: "", "the file is not JSON: \(error)")
    }
    self.text = text
    pointer = ""
  }

  private init(_ value: Value, _ pointer: String, _ text: [UInt8]) {
    self.value = value
    self.pointer = pointer
    self.text = text
  }

  /// An error at this place.
  package func error(_ message: String) -> ConfigurationError {
    let start = value.tape.sourceRange(of: value.index, in: text.span)?.lowerBound ?? 0
    return Self.error(in: text, at: start, pointer: pointer, message)
  }

  private static func error(in text: [UInt8], at offset: Int, pointer: String, _ message: String) -> ConfigurationError
  {
    var line = 1
    var lineStart = 0
    for position in 0..<min(offset, text.count) where text[position] == 0x0A {
      line += 1
      lineStart = position + 1
    }
    return ConfigurationError(line: line, column: offset - lineStart + 1, pointer: pointer, message: message)
  }

  /// The member of that name; `nil` if it is absent.
  package subscript(name: String) -> Configuration? {
    value[name].map { Configuration($0, "\(pointer)/\(name)", text) }
  }

  /// The member of that name.
  package func required(_ name: String) throws(ConfigurationError) -> Configuration {
    guard let member = self[name] else { throw error("\"\(name)\" is missing") }
    return member
  }

  /// An array's elements.
  package func elements() throws(ConfigurationError) -> [Configuration] {
    guard value.kind == .array else { throw error("must be a list") }
    return value.elements.enumerated().map { Configuration($1, "\(pointer)/\($0)", text) }
  }

  /// Refuses anything but an object whose members are all known.
  package func object(knowing names: [String]) throws(ConfigurationError) {
    guard value.kind == .object else { throw error("must be an object") }
    if value.hasDuplicateNames { throw error("has two members of the same name") }
    for (bytes, _) in value.members {
      let name = String(decoding: bytes, as: UTF8.self)
      if !names.contains(name) {
        throw error("has no member \"\(name)\"; it may have: \(names.joined(separator: ", "))")
      }
    }
  }

  package func string() throws(ConfigurationError) -> String {
    guard let string = value.string else { throw error("must be a string") }
    return string
  }

  package func nonEmptyString() throws(ConfigurationError) -> String {
    let string = try string()
    if string.isEmpty { throw error("must not be empty") }
    return string
  }

  package func number() throws(ConfigurationError) -> Double {
    guard let number = value.numberLiteral.flatMap({ Double($0) }), number.isFinite else {
      throw error("must be a number")
    }
    return number
  }

  package func boolean() throws(ConfigurationError) -> Bool {
    guard let boolean = value.boolean else { throw error("must be true or false") }
    return boolean
  }

  package func strings() throws(ConfigurationError) -> [String] {
    var strings: [String] = []
    for element in try elements() { strings.append(try element.nonEmptyString()) }
    return strings
  }

  /// One of some named choices.
  ///
  /// - Parameter other: What else may stand here, for the message.
  package func choice<T>(_ choices: [(name: String, value: T)], or other: String? = nil) throws(ConfigurationError) -> T
  {
    let name = try string()
    guard let choice = choices.first(where: { $0.name == name }) else {
      let known = choices.map(\.name).joined(separator: ", ")
      throw error("must be one of: \(known)\(other.map { ", or \($0)" } ?? "")")
    }
    return choice.value
  }
}
