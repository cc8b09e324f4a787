/// Why a schema cannot be used. A caller's mistake; never a verdict on an instance.
public struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Code: Sendable, Hashable {
    /// A schema is neither an object nor a boolean.
    case notASchema
    /// A keyword's value is not of the kind it must be.
    case keyword(String, mustBe: String)
    /// `type` names no type.
    case unknownType(String)
    /// A reference leads nowhere: documents are looked up in the ``SchemaRegistry`` alone, never on the network.
    case unresolvedReference(String)
    /// `$schema` names a dialect that is not known, nor in the registry.
    case unknownDialect(String)
    /// A required vocabulary is not known.
    case unknownVocabulary(String)
    /// A tool's definition cannot be read; why.
    case definition(String)
    /// The schema is deeper or larger than the limits.
    case tooLarge
    /// The text is not JSON.
    case unreadable(ValueError)
  }
  /// What is wrong.
  public let code: Code
  /// Where, as a JSON Pointer into the document.
  public let pointer: String

  /// What is wrong, where, and how to mend it.
  public var description: String {
    let place = pointer.isEmpty ? "the schema" : "the schema at \(pointer)"
    switch code {
    case .notASchema: return "\(place) is neither an object nor true or false"
    case .keyword(let name, let kind): return "\(place): \"\(name)\" must be \(kind)"
    case .unknownType(let name):
      return "\(place): \"\(name)\" is no type of JSON Schema (null, boolean, object, array, number, integer, string)"
    case .unresolvedReference(let name):
      return "\(place): the reference \"\(name)\" leads nowhere; add its document to the registry"
    case .unknownDialect(let name):
      return
        "\(place): the dialect \"\(name)\" is not known; use 2020-12 or draft-07, or add its metaschema to the registry"
    case .unknownVocabulary(let name): return "\(place): the vocabulary \"\(name)\" is required, but not known"
    case .definition(let reason): return reason
    case .tooLarge: return "\(place) is deeper or larger than a schema may be"
    case .unreadable(let error): return "\(place) is not JSON: \(error)"
    }
  }
}

/// Documents that references may name, by their URI. The only place where they are looked up: nothing is ever fetched.
public struct SchemaRegistry: Sendable {
  private var documents: [[UInt8]: Value] = [:]

  /// A registry with the metaschemas of 2020-12 and draft-07 alone.
  public init() {}

  /// Adds a document under a URI; its fragment, if there is one, does not count.
  public mutating func add(_ document: Value, at uri: String) {
    documents[SchemaURI(uri.utf8).withoutFragment.bytes] = document
  }

  /// The document at a URI without a fragment.
  func document(at uri: SchemaURI) -> Value? {
    documents[uri.bytes] ?? Metaschemas.document(at: uri.bytes)
  }
}
