/// An assertion of a schema that a value does not meet. Its texts are made when they are asked for.
public struct SchemaViolation: Sendable, CustomStringConvertible {
  let program: SchemaProgram
  let failure: SchemaFailure
  let value: Value

  /// What is wrong, for programs.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// A value has another type.
    case wrongType = "wrong_type"
    /// A required member is missing.
    case missingRequired = "missing_required"
    /// A member that the schema does not know and does not allow.
    case unknownArgument = "unknown_argument"
    /// A value is none of `enum`'s.
    case enumMismatch = "enum_mismatch"
    /// A value is not `const`'s.
    case constMismatch = "const_mismatch"
    /// A number is beyond a bound.
    case outOfRange = "out_of_range"
    /// A number is no multiple of `multipleOf`.
    case notMultiple = "not_multiple"
    /// A string is too short or too long.
    case wrongLength = "wrong_length"
    /// A string does not match `pattern`.
    case patternMismatch = "pattern_mismatch"
    /// An array has too few or too many elements, or too few or too many that `contains` asks for.
    case wrongItemCount = "wrong_item_count"
    /// Two elements are the same.
    case duplicateItems = "duplicate_items"
    /// An object has too few or too many members.
    case wrongPropertyCount = "wrong_property_count"
    /// No branch of `anyOf` holds.
    case noBranch = "no_branch"
    /// Not exactly one branch of `oneOf` holds.
    case notOneBranch = "not_one_branch"
    /// What `not` forbids holds.
    case forbidden = "forbidden"
    /// The schema is `false`.
    case falseSchema = "false_schema"
  }

  /// What is wrong.
  public var code: Code {
    switch failure.keyword {
    case .type: .wrongType
    case .required, .dependentRequired, .dependencies: .missingRequired
    case .enum: .enumMismatch
    case .const: .constMismatch
    case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum: .outOfRange
    case .multipleOf: .notMultiple
    case .minLength, .maxLength: .wrongLength
    case .pattern: .patternMismatch
    case .minItems, .maxItems, .contains, .maxContains: .wrongItemCount
    case .uniqueItems: .duplicateItems
    case .minProperties, .maxProperties: .wrongPropertyCount
    case .anyOf: .noBranch
    case .oneOf: .notOneBranch
    case .not: .forbidden
    default:
      switch failure.steps.last?.keyword {
      case .additionalProperties, .unevaluatedProperties: .unknownArgument
      default: .falseSchema
      }
    }
  }

  /// The value at fault.
  public var actual: Value { Value(tape: value.tape, index: Int(failure.instance)) }

  /// Where the value at fault stands, as a JSON Pointer.
  public var instanceLocation: String {
    String(decoding: value.tape.pointer(to: Int(failure.instance), from: value.index), as: UTF8.self)
  }

  /// The way from the root of the schema to the keyword, references passed through: a JSON Pointer (2020-12 §12.3.1).
  public var keywordLocation: String {
    var path: [UInt8] = []
    for step in failure.steps { append(step, to: &path) }
    return String(decoding: path, as: UTF8.self) + ownKeyword
  }

  /// The keyword's own place, its resource's URI before it; `nil` if no reference was passed through (2020-12 §12.3.2).
  public var absoluteKeywordLocation: String? {
    guard failure.steps.contains(where: { $0.keyword == .reference || $0.keyword == .dynamicReference }) else {
      return nil
    }
    let location = program.locations[Int(failure.node)]
    let resource = program.resources[Int(location.resource)]
    let pointer = program.tape.pointer(to: Int(location.index), from: Int(resource.root))
    return String(decoding: resource.uri, as: UTF8.self) + "#" + String(decoding: pointer, as: UTF8.self) + ownKeyword
  }

  private var ownKeyword: String { failure.keyword == .falseSchema ? "" : "/\(name(of: failure.keyword))" }

  private func append(_ step: SchemaStep, to path: inout [UInt8]) {
    JSONPointer.append(name(of: step.keyword).utf8, to: &path)
    switch step.keyword {
    case .properties, .dependentSchemas, .dependencies:
      JSONPointer.append(program.tape.payload(of: Int(step.operand)), to: &path)
    case .patternProperties: JSONPointer.append(program.patterns[Int(step.operand)].text, to: &path)
    case .allOf, .anyOf, .oneOf, .prefixItems, .itemAt: JSONPointer.append("\(step.operand)".utf8, to: &path)
    default: break
    }
  }

  private func name(of keyword: SchemaStep.Keyword) -> String {
    switch keyword {
    case .reference: "$ref"
    case .dynamicReference: "$dynamicRef"
    case .falseSchema: ""
    case .itemAt: "items"
    default: "\(keyword)"
    }
  }

  // MARK: What was expected

  /// The keyword's own value, where it stands in the schema: the types, the list of `enum`, a bound; the missing name of `required`.
  public var expected: Value? {
    switch failure.keyword {
    case .required, .dependentRequired, .dependencies: return Value(tape: program.tape, index: Int(failure.detail))
    case .falseSchema: return nil
    default:
      let place = Int(program.locations[Int(failure.node)].index)
      guard let member = program.tape.member(Array(name(of: failure.keyword).utf8), of: place) else { return nil }
      return Value(tape: program.tape, index: member)
    }
  }

  /// The member of `enum` nearest to a string that is none of them, and whether they differ in case alone. O(members × lengths).
  public var nearest: (value: Value, differsInCaseOnly: Bool)? {
    guard failure.keyword == .enum, let text = actual.stringBytes, text.count <= 128, let expected else { return nil }
    var best: (distance: Int, value: Value)?
    for candidate in expected.elements.prefix(256) {
      guard let other = candidate.stringBytes, other.count <= 128 else { continue }
      if Self.lowercased(other) == Self.lowercased(text) { return (candidate, true) }
      let distance = Self.distance(text, other)
      if distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    guard let best, best.distance <= max(1, text.count / 3) else { return nil }
    return (best.value, false)
  }

  private static func lowercased(_ text: [UInt8]) -> [UInt8] { text.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 } }

  /// How many bytes must be put in, taken out or changed.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (byte == other ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[right.count]
  }

  /// A value that this one spells and that the subschema takes, if there is one: `"5"` spells 5, `"true"` a boolean, `"[1]"` an array, 5 a
  /// string; an `enum`'s member in another case spells that member. For a wrong type, and for a choice none of whose branches holds. Told, never
  /// applied.
  public var coerced: Value? {
    candidates.first { candidate in
      var evaluator = SchemaEvaluator<YesOrNo>(program, candidate.tape, steps: 1 << 12)
      return evaluator.run(failure.node, candidate.index) == .valid
    }
  }

  private var candidates: [Value] {
    let actual = actual
    switch failure.keyword {
    case .enum:
      guard let text = actual.stringBytes, text.count <= 128, let expected else { return [] }
      let lower = Self.lowercased(text)
      return expected.elements.filter { $0.stringBytes.map(Self.lowercased) == lower }
    case .type, .anyOf, .oneOf: break
    default: return []
    }
    if let text = actual.stringBytes {
      let lower = Self.lowercased(text)
      if lower == Array("true".utf8) || lower == Array("false".utf8) {
        return [try? ValueReader().read(lower)].compactMap { $0 }
      }
      guard let value = try? ValueReader().read(text), value.kind != .string else { return [] }
      return [value]
    }
    if actual.kind == .boolean || actual.kind == .number, !actual.isNonFinite {
      return [try? ValueReader().read([0x22] + JSONWriter.compact.write(actual) + [0x22])].compactMap { $0 }
    }
    return []
  }

  /// Whether the value spells one that would do: see ``coerced``.
  public var isCoercible: Bool { coerced != nil }

  /// What is wrong and where, for people: the code, the value's place, the keyword's.
  public var description: String {
    let place = instanceLocation
    let keyword = keywordLocation
    return
      "\(code.rawValue) at \(place.isEmpty ? "the root" : place)\(keyword.isEmpty ? "" : ", by \(keyword) of the schema")"
  }

  /// Whether it is a failure inside a branch of a choice that fails as a whole.
  var isInsideChoice: Bool { failure.steps.contains { $0.keyword == .anyOf || $0.keyword == .oneOf } }

  // MARK: For people

  /// What is wrong, in one line. It quotes the schema, never the value.
  public var message: String {
    let expected = {
      self.expected.map { String(decoding: JSONWriter.compact.write($0), as: UTF8.self).prefix(200) }.map(String.init)
        ?? ""
    }
    switch failure.keyword {
    case .type where actual.isNonFinite: return "is no number of JSON"
    case .type:
      return "is \(Self.article(actual)), not \(program.nodes[Int(failure.node)].types.names.joined(separator: " or "))"
    case .falseSchema:
      switch failure.steps.last?.keyword {
      case .additionalProperties, .unevaluatedProperties: return "is not one of the members that the schema knows"
      case .items, .itemAt, .additionalItems, .prefixItems, .unevaluatedItems:
        return "is an element that the schema does not allow"
      default: return "is not allowed at all"
      }
    case .enum: return "is none of \(expected())"
    case .const: return "is not \(expected())"
    case .minimum: return "is below \(expected())"
    case .maximum: return "is above \(expected())"
    case .exclusiveMinimum: return "is not above \(expected())"
    case .exclusiveMaximum: return "is not below \(expected())"
    case .multipleOf: return "is no multiple of \(expected())"
    case .minLength: return "has fewer than \(expected()) code points"
    case .maxLength: return "has more than \(expected()) code points"
    case .pattern: return "does not match \(expected())"
    case .minItems: return "has fewer than \(expected()) elements"
    case .maxItems: return "has more than \(expected()) elements"
    case .contains: return "has too few elements that \"contains\" asks for: \(failure.detail)"
    case .maxContains: return "has too many elements that \"contains\" asks for: \(failure.detail)"
    case .uniqueItems: return "has two elements that are the same"
    case .minProperties: return "has fewer than \(expected()) members"
    case .maxProperties: return "has more than \(expected()) members"
    case .required, .dependentRequired, .dependencies: return "lacks the member \(expected())"
    case .anyOf: return "fits no branch of \"anyOf\""
    case .oneOf:
      return failure.detail == 0
        ? "fits no branch of \"oneOf\"" : "fits \(failure.detail) branches of \"oneOf\", not one"
    case .not: return "is what \"not\" forbids"
    default: return "is not valid"
    }
  }

  private static func article(_ value: Value) -> String {
    switch value.kind {
    case .null: "null"
    case .array, .object: "an \(value.kind.rawValue)"
    default: "a \(value.kind.rawValue)"
    }
  }
}

extension Value {
  /// Whether it is NaN or an infinity.
  fileprivate var isNonFinite: Bool { tape.view.nodes[index].flags.contains(.nonFinite) }
}

extension SchemaReport {
  /// The specification's output formats (2020-12 §12.4).
  public enum Output: String, Sendable, Hashable, CaseIterable {
    /// `{"valid": …}` alone.
    case flag
    /// And a list of what failed, with its places.
    case basic
  }

  /// The report as JSON in one of the specification's formats. Where it cannot be told, `valid` is null.
  public func write(_ output: Output) -> [UInt8] {
    var text = Array(#"{"valid":"#.utf8)
    switch verdict {
    case .valid: text += Array("true".utf8)
    case .invalid: text += Array("false".utf8)
    case .indeterminate: text += Array("null".utf8)
    }
    if output == .basic, verdict == .invalid {
      text += Array(#","errors":["#.utf8)
      for (position, violation) in violations.enumerated() {
        if position > 0 { text.append(0x2C) }
        text += Array(#"{"keywordLocation":"#.utf8)
        VerdictWriter.append(violation.keywordLocation, to: &text)
        if let absolute = violation.absoluteKeywordLocation {
          text += Array(#","absoluteKeywordLocation":"#.utf8)
          VerdictWriter.append(absolute, to: &text)
        }
        text += Array(#","instanceLocation":"#.utf8)
        VerdictWriter.append(violation.instanceLocation, to: &text)
        text += Array(#","error":"#.utf8)
        VerdictWriter.append(violation.message, to: &text)
        text.append(0x7D)
      }
      text.append(0x5D)
    }
    text.append(0x7D)
    return text
  }
}
