/// Finds what references may name: resources by URI, anchors, and the resource each subschema belongs to.
///
/// All documents lie on one tape, one after the other, so that a subschema is known by its index there.
struct SchemaIndex {
  struct Resource {
    let uri: SchemaURI
    let root: Int
    let dialect: SchemaDialect
    var anchors: [[UInt8]: Int] = [:]
    var dynamicAnchors: [[UInt8]: Int] = [:]
  }

  private(set) var tape = ValueTape()
  private(set) var resources: [Resource] = []
  /// Where each document begins on the tape.
  private var documents: [Int] = []
  private var byURI: [[UInt8]: Int] = [:]
  /// The resource of each subschema that was found.
  private var resourceOf: [Int: Int] = [:]
  private let registry: SchemaRegistry
  private let fallback: SchemaDialect
  /// Names of dynamic anchors, by their number.
  private(set) var dynamicNames: [[UInt8]] = []
  static let depthLimit = 512
  static let nodeLimit = 4 << 20

  init(registry: SchemaRegistry, dialect: SchemaDialect) {
    self.registry = registry
    fallback = dialect
  }

  func resource(of index: Int) -> Int { resourceOf[index] ?? 0 }

  /// Adds a document. Returns its index. O(document).
  mutating func add(_ document: Value, at uri: SchemaURI) throws(SchemaError) -> Int {
    let start = tape.nodes.count
    guard start + document.tape.after(document.index) - document.index < Self.nodeLimit else {
      throw SchemaError(code: .tooLarge, pointer: "")
    }
    let root = tape.append(document)
    documents.append(root)
    let dialect = try self.dialect(of: root) ?? fallback
    let resource = addResource(uri, root, dialect)
    try scan(root, resource: resource, depth: 0)
    return root
  }

  private mutating func addResource(_ uri: SchemaURI, _ root: Int, _ dialect: SchemaDialect) -> Int {
    resources.append(Resource(uri: uri, root: root, dialect: dialect))
    let number = resources.count - 1
    if byURI[uri.bytes] == nil { byURI[uri.bytes] = number }
    return number
  }

  /// The dialect that `$schema` names; `nil` without one.
  private func dialect(of index: Int) throws(SchemaError) -> SchemaDialect? {
    guard tape.kind(of: index) == .object, let node = tape.member(Array("$schema".utf8), of: index) else { return nil }
    guard tape.kind(of: node) == .string else {
      throw SchemaError(code: .keyword("$schema", mustBe: "a dialect's URI"), pointer: pointer(to: index))
    }
    let name = tape.payload(of: node)
    if let dialect = SchemaDialect(uri: name) { return dialect }
    let spelling = String(decoding: name, as: UTF8.self)
    guard let metaschema = registry.document(at: SchemaURI(name).withoutFragment) else {
      throw SchemaError(code: .unknownDialect(spelling), pointer: pointer(to: index))
    }
    // A metaschema of one's own: of 2020-12's vocabularies, those it names.
    guard let vocabulary = metaschema["$vocabulary"], vocabulary.kind == .object else {
      return metaschema["$schema"]?.stringBytes.flatMap { SchemaDialect(uri: $0) } ?? fallback
    }
    var parts: [SchemaDialect.Vocabulary] = []
    for (uri, isRequired) in vocabulary.members {
      if let known = SchemaDialect.vocabularies.first(where: { Array($0.uri.utf8) == uri }) {
        parts.append(known.part)
      } else if isRequired.boolean == true {
        throw SchemaError(code: .unknownVocabulary(String(decoding: uri, as: UTF8.self)), pointer: pointer(to: index))
      }
    }
    return SchemaDialect(
      version: .draft2020, hasValidation: parts.contains { $0 == .validation },
      hasApplicators: parts.contains { $0 == .applicator },
      hasUnevaluated: parts.contains { $0 == .unevaluated })
  }

  /// Walks a subschema and what it holds.
  private mutating func scan(_ index: Int, resource enclosing: Int, depth: Int) throws(SchemaError) {
    guard depth < Self.depthLimit else { throw SchemaError(code: .tooLarge, pointer: pointer(to: index)) }
    var resource = enclosing
    guard tape.kind(of: index) == .object else {
      resourceOf[index] = resource
      return
    }
    let version = resources[resource].dialect.version
    // Draft-07 ignores what stands beside a reference; what other references name may still stand there, and is walked.
    let isPlainReference = version == .draft7 && tape.member(Array("$ref".utf8), of: index) != nil
    if !isPlainReference, let id = string("$id", of: index) {
      let uri = SchemaURI(id)
      if version == .draft7, id.first == 0x23 {
        if id.count > 1 { resources[resource].anchors[Array(id.dropFirst())] = index }
      } else if index == resources[resource].root {
        // The document's own name, beside the one it was found under.
        let name = resources[resource].uri.resolving(uri)
        let whole = addResource(name.withoutFragment, index, resources[resource].dialect)
        resource = whole
      } else {
        let own = try dialect(of: index) ?? resources[resource].dialect
        resource = addResource(resources[resource].uri.resolving(uri).withoutFragment, index, own)
      }
      if version == .draft7, let fragment = uri.fragment, !fragment.isEmpty, id.first != 0x23 {
        resources[resource].anchors[fragment] = index
      }
    }
    resourceOf[index] = resource
    if resources[resource].dialect.version == .draft2020 {
      if let anchor = string("$anchor", of: index) { resources[resource].anchors[anchor] = index }
      if let anchor = string("$dynamicAnchor", of: index) {
        resources[resource].anchors[anchor] = index
        resources[resource].dynamicAnchors[anchor] = index
        if !dynamicNames.contains(anchor) { dynamicNames.append(anchor) }
      }
    }
    for (name, shape) in SubschemaKeyword.applicators(resources[resource].dialect.version) {
      guard let value = tape.member(name, of: index) else { continue }
      switch shape {
      case .schema: try scan(value, resource: resource, depth: depth + 1)
      case .schemas:
        if tape.kind(of: value) == .array { try scanElements(value, resource, depth) }
      case .schemaOrSchemas:
        if tape.kind(of: value) == .array {
          try scanElements(value, resource, depth)
        } else {
          try scan(value, resource: resource, depth: depth + 1)
        }
      case .named, .namedOrNames:
        guard tape.kind(of: value) == .object else { continue }
        var member = value + 1
        let end = tape.after(value)
        while member < end {
          if shape == .named || tape.kind(of: member + 1) != .array {
            try scan(member + 1, resource: resource, depth: depth + 1)
          }
          member = tape.after(member + 1)
        }
      }
    }
  }

  private mutating func scanElements(_ list: Int, _ resource: Int, _ depth: Int) throws(SchemaError) {
    var element = list + 1
    let end = tape.after(list)
    while element < end {
      try scan(element, resource: resource, depth: depth + 1)
      element = tape.after(element)
    }
  }

  private func string(_ name: String, of index: Int) -> [UInt8]? {
    guard let node = tape.member(Array(name.utf8), of: index), tape.kind(of: node) == .string else { return nil }
    return tape.payload(of: node)
  }

  // MARK: References

  /// The subschema that a reference names from within a resource, and whether it names it by a dynamic anchor.
  mutating func resolve(
    _ reference: [UInt8], from resource: Int, at index: Int
  ) throws(SchemaError) -> (index: Int, dynamicAnchor: [UInt8]?) {
    func failure() -> SchemaError {
      SchemaError(code: .unresolvedReference(String(decoding: reference, as: UTF8.self)), pointer: pointer(to: index))
    }
    let target = resources[resource].uri.resolving(SchemaURI(reference))
    let document = target.withoutFragment
    var found = byURI[document.bytes]
    if found == nil, let text = registry.document(at: document) {
      _ = try add(text, at: document)
      found = byURI[document.bytes]
    }
    guard let found else { throw failure() }
    // The document's own `$id` may have made a resource of the same root.
    let number = self.resource(of: resources[found].root)
    let root = resources[found].root
    guard let fragment = target.fragment.map(SchemaURI.percentDecoded), !fragment.isEmpty else { return (root, nil) }
    if fragment.first == 0x2F {
      guard let place = place(at: fragment, from: root) else { throw failure() }
      if resourceOf[place.index] == nil { try scan(place.index, resource: place.resource, depth: 0) }
      return (place.index, nil)
    }
    for candidate in [found, number] {
      if let place = resources[candidate].anchors[fragment] {
        return (place, resources[candidate].dynamicAnchors[fragment] == nil ? nil : fragment)
      }
    }
    throw failure()
  }

  /// Where a JSON Pointer leads, and the resource around it.
  private func place(at pointer: [UInt8], from root: Int) -> (index: Int, resource: Int)? {
    guard let tokens = JSONPointer.tokens(of: pointer) else { return nil }
    var index = root
    var resource = self.resource(of: root)
    for token in tokens {
      guard let child = Value(tape: tape, index: index).child(token) else { return nil }
      index = child.index
      if let own = resourceOf[index] { resource = own }
    }
    return (index, resource)
  }

  /// The pointer to a node, from the root of its document. O(document): for messages.
  func pointer(to index: Int) -> String {
    guard let document = documents.last(where: { $0 <= index }) else { return "" }
    return String(decoding: tape.pointer(to: index, from: document), as: UTF8.self)
  }
}
