/// A parameter as declared.
struct ParameterEntry: Sendable {
  let name: [UInt8]
  /// Its place in the map or list that declares it.
  let token: [UInt8]
  /// Where its marks stand.
  let declaration: Value
  /// Its schema: the declaration itself but in OpenAPI.
  let schema: Value
  /// Whether its name is a member of the declaration.
  var isListEntry = false
}

/// Which parameters are required.
struct RequiredPlan: Sendable {
  /// What `required` is to list; `nil` if it is not written.
  var names: [[UInt8]]?
  var set: Set<[UInt8]> = []
  /// Whether `optional` is a list that has been read.
  var usesOptional = false
  /// Whether `required` is left alone because its rule is off.
  var keepsAsWritten = false
}

extension SchemaNormalizer {
  /// Whether a root is a map of parameters and not a schema: each member is an object with a `type` or `description` of its own, and so
  /// is its `type`, if it has one (a parameter of that name). Whether `properties` and the like are parameters is found the same way.
  static func isFlatMap(_ value: Value) -> Bool {
    guard value.kind == .object, value.count > 0 else { return false }
    let members = value.distinctMembers
    guard members.allSatisfy({ isParameter($0.value) }) else { return false }
    // {"additionalProperties": {"type": "string"}} is a schema; a parameter of that name would have company.
    return !members.allSatisfy { member in
      ["additionalProperties", "unevaluatedProperties", "propertyNames", "not", "if", "then", "else"]
        .contains { member.name.elementsEqual($0.utf8) }
    }
  }

  /// Whether a value describes one parameter: its `type` is a name or a list of them, or its `description` is a text.
  private static func isParameter(_ value: Value) -> Bool {
    guard value.kind == .object else { return false }
    if let type = value["type"] { return type.kind == .string || type.kind == .array }
    return value["description"]?.kind == .string
  }

  /// The parameters a schema declares, and the keyword that does. A map under `properties`, a list there, or an object's `items`.
  mutating func parameterEntries(of schema: Value, _ type: TypeReading, into entries: inout [ParameterEntry])
    throws(DefinitionProblem) -> String?
  {
    if let properties = schema["properties"] {
      if properties.kind == .object {
        if properties.hasDuplicateNames, isOn(.repeatedName) { add(.repeatedName, at: "properties") }
        entries = Self.entries(of: properties)
        return "properties"
      }
      guard isOn(.parameterList), let listed = Self.listEntries(of: properties) else { return nil }
      add(.parameterList, at: "properties")
      entries = listed
      return "properties"
    }
    if let items = schema["items"], isOn(.itemsAsProperties), type.kinds.map({ $0 == [.object] }) ?? false,
      Self.isFlatMap(items), items.members.allSatisfy({ SchemaKeyword.named($0.name) == nil })
    {
      add(.itemsAsProperties, at: "items")
      entries = Self.entries(of: items)
      return "items"
    }
    return nil
  }

  private mutating func add(_ rule: DefinitionRule, at member: String) {
    record.enter(member)
    record.add(rule)
    record.leave()
  }

  static func entries(of map: Value) -> [ParameterEntry] {
    map.distinctMembers.map { ParameterEntry(name: $0.name, token: $0.name, declaration: $0.value, schema: $0.value) }
  }

  /// The parameters of a list of `{"name": …}`; `nil` if it is another list. Of a repeated name the last counts.
  static func listEntries(of list: Value) -> [ParameterEntry]? {
    guard list.kind == .array else { return nil }
    var entries: [ParameterEntry] = []
    var places: [[UInt8]: Int] = [:]
    for (position, element) in list.elements.enumerated() {
      guard let name = element["name"]?.stringBytes else { return nil }
      let inner = element["schema"].flatMap { $0.kind == .object ? $0 : nil }
      let entry = ParameterEntry(
        name: name, token: Array(String(position).utf8), declaration: element, schema: inner ?? element,
        isListEntry: inner == nil)
      if let place = places[name] {
        entries[place] = entry
      } else {
        places[name] = entries.count
        entries.append(entry)
      }
    }
    return entries
  }

  // MARK: Required

  /// Which of the parameters are required, by the list if there is one, else by their own marks. `keyword` is what declares them; a flat
  /// map has none.
  mutating func requiredNames(
    listed: Value?, optional: Value?, _ entries: [ParameterEntry], _ role: SchemaRole, isFlat: Bool,
    under keyword: String?,
    areUnmarkedRequired: Bool = true
  ) -> RequiredPlan {
    let hasProperties = isFlat || keyword != nil
    var plan = RequiredPlan()
    var names = readList(listed, entries, role, &plan)
    if plan.keepsAsWritten { return plan }
    var optionalNames: Set<[UInt8]> = []
    if let optional, optional.kind == .array, hasProperties, isOn(.requiredFromOptionalList) {
      plan.usesOptional = true
      optionalNames = Set(Self.distinctStrings(optional.elements))
    }
    if let keyword { record.enter(keyword) }
    let marks = entries.map { mark($0) ?? (optionalNames.contains($0.name) ? false : nil) }
    if keyword != nil { record.leave() }
    if names == nil {
      // What no mark says: flagged as required elsewhere, it is optional here; flagged as optional elsewhere, required.
      var isUnmarkedRequired = false
      if marks.contains(true) {
        isUnmarkedRequired = false
      } else if marks.contains(false) {
        isUnmarkedRequired = isOn(.requiredFromOptionalList)
        if isUnmarkedRequired { record.add(.requiredFromOptionalList) }
      } else if isFlat, areUnmarkedRequired, !entries.isEmpty, isOn(.requiredAbsentMeansRequired) {
        isUnmarkedRequired = true
        record.add(.requiredAbsentMeansRequired)
      }
      let required = zip(entries, marks).filter { $0.1 ?? isUnmarkedRequired }.map(\.0.name)
      if !required.isEmpty { names = required }
    } else {
      if plan.usesOptional { record.add(.requiredFromOptionalList, detail: "beside required, without effect") }
      let known = Set(names ?? [])
      names?.append(contentsOf: zip(entries, marks).filter { $0.1 == true && !known.contains($0.0.name) }.map(\.0.name))
    }
    plan.names = names
    plan.set = Set(names ?? [])
    if hasProperties || role.isWhole, !plan.set.isEmpty, isOn(.requiredUnknownName) {
      let declared = Set(entries.map(\.name))
      for name in names ?? [] where !declared.contains(name) { record.add(.requiredUnknownName, preview: name) }
    }
    return plan
  }

  /// The names that `required` lists; `nil` if there is no list.
  private mutating func readList(
    _ listed: Value?, _ entries: [ParameterEntry], _ role: SchemaRole, _ plan: inout RequiredPlan
  ) -> [[UInt8]]? {
    guard let listed else { return nil }
    // A parameter's own flag, which its parent reads.
    if case .parameter = role, Self.truth(listed) != nil, isOn(.requiredFlag) { return nil }
    record.enter("required")
    defer { record.leave() }
    guard listed.kind != .array else {
      let names = Self.distinctStrings(listed.elements)
      guard names.count < listed.count else { return names }
      guard isOn(.keywordMalformed) else {
        plan.keepsAsWritten = true
        return nil
      }
      record.add(.keywordMalformed, detail: "repeated names, or no names")
      return names
    }
    guard isOn(.requiredNotAList) else {
      plan.keepsAsWritten = true
      return nil
    }
    record.add(.requiredNotAList, detail: listed.kind.rawValue)
    guard let name = listed.stringBytes, entries.contains(where: { $0.name == name }) else { return nil }
    return [name]
  }

  /// Whether a parameter's own marks make it required; `nil` if it has none.
  private mutating func mark(_ entry: ParameterEntry) -> Bool? {
    let declaration = entry.declaration
    guard declaration.kind == .object else { return nil }
    record.enter(entry.token)
    defer { record.leave() }
    if isOn(.requiredFlag), let truth = declaration["required"].flatMap(Self.truth) {
      record.add(.requiredFlag)
      return truth
    }
    if isOn(.optionalFlag), let truth = declaration["optional"].flatMap(Self.truth) {
      record.add(.optionalFlag)
      return !truth
    }
    if isOn(.optionalSuffix), let type = entry.schema["type"]?.stringBytes,
      let isOptional = TypeGrammar.read(type)?.isOptional
    {
      record.add(.optionalSuffix)
      return !isOptional
    }
    return nil
  }

  /// Whether `optional` is a parameter's own mark.
  func isMarker(_ role: SchemaRole, _ value: Value) -> Bool {
    guard case .parameter = role else { return false }
    return isOn(.optionalFlag) && Self.truth(value) != nil
  }

  /// A boolean, or its name in a string.
  private static func truth(_ value: Value) -> Bool? {
    if let truth = value.boolean { return truth }
    guard let text = value.stringBytes, text.count <= 5 else { return nil }
    let lower = text.map { $0 | 0x20 }
    return lower.elementsEqual("true".utf8) ? true : lower.elementsEqual("false".utf8) ? false : nil
  }
}
