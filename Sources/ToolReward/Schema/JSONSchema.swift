/// A JSON Schema, compiled once and shared by any number of tasks: draft 2020-12 or draft-07.
///
/// ```swift
/// let schema = try JSONSchema(json: #"{"type": "object", "required": ["city"]}"#)
/// schema.isValid(try ValueReader().read(#"{"city": "Paris"}"#))   // .valid
/// ```
///
/// `format` and the content keywords are annotations, as the specification has them by default. References lead to the schema itself, to the
/// metaschemas, and to what the ``SchemaRegistry`` holds: nothing is fetched.
public struct JSONSchema: Sendable {
  let program: SchemaProgram

  /// Compiles a schema. O(schema and what it refers to).
  ///
  /// - Parameters:
  ///   - value: The schema: an object or a boolean.
  ///   - uri: Where it was found: what relative references are resolved against.
  ///   - registry: Documents that references may name.
  ///   - dialect: The dialect of a schema without `$schema`.
  /// - Throws: ``SchemaError`` if it is no schema, or a reference leads nowhere.
  public init(
    _ value: Value, uri: String = "", registry: SchemaRegistry = SchemaRegistry(), dialect: SchemaDialect = .draft2020
  ) throws(SchemaError) {
    program = try SchemaCompiler.compile(value, uri: uri, registry: registry, dialect: dialect)
  }

  /// Compiles a schema from its text. O(text).
  ///
  /// - Throws: ``SchemaError`` if it is no JSON, or no schema.
  public init(json: String, registry: SchemaRegistry = SchemaRegistry(), dialect: SchemaDialect = .draft2020)
    throws(SchemaError)
  {
    let value: Value
    do throws(ValueError) {
      value = try ValueReader().read(json)
    } catch {
      throw SchemaError(code: .unreadable(error), pointer: "")
    }
    try self.init(value, registry: registry, dialect: dialect)
  }

  /// Whether a value is valid. O(value × schema) within limits, and without allocating unless the schema asks for unevaluated parts, for
  /// unique elements, for dynamic references or for a name that is repeated.
  public func isValid(_ value: Value) -> SchemaVerdict {
    var evaluator = SchemaEvaluator<YesOrNo>(program, value.tape)
    let outcome = evaluator.run(value.index)
    return verdict(outcome, evaluator.limit, evaluator.patternNotDecided)
  }

  /// As ``isValid(_:)``, and if the value is invalid every assertion that fails, up to 256.
  public func explain(_ value: Value) -> SchemaReport {
    var evaluator = SchemaEvaluator<Explaining>(program, value.tape)
    let outcome = evaluator.run(value.index)
    // Explaining looks at more than asking does, and may come to a limit where asking does not.
    let verdict =
      evaluator.limit == nil ? verdict(outcome, nil, evaluator.patternNotDecided) : isValid(value)
    var failures = verdict == .invalid ? evaluator.failures : []
    if verdict == .invalid, failures.isEmpty {
      // What asking failed by is found on its own way, however far the others lead.
      var shortest = SchemaEvaluator<FirstFailure>(program, value.tape)
      _ = shortest.run(value.index)
      failures = shortest.failures
    }
    return SchemaReport(
      verdict: verdict, violations: failures.map { SchemaViolation(program: program, failure: $0, value: value) })
  }

  private func verdict(_ outcome: SchemaOutcome, _ limit: SchemaVerdict.Reason?, _ pattern: Int32?) -> SchemaVerdict {
    switch outcome {
    case .valid: .valid
    case .invalid: .invalid
    case .unknown:
      if let limit {
        .indeterminate(limit)
      } else if let pattern {
        .indeterminate(.pattern(String(decoding: program.patterns[Int(pattern)].text, as: UTF8.self)))
      } else {
        .indeterminate(.steps)
      }
    }
  }
}

/// What a schema says of a value.
public enum SchemaVerdict: Sendable, Hashable {
  /// Why a schema says neither.
  public enum Reason: Sendable, Hashable, CustomStringConvertible {
    /// A pattern with a form that is not read; its text.
    case pattern(String)
    /// References lead on and on, or the value is too deep.
    case depth
    /// The evaluation takes too many steps.
    case steps
    /// A divisor has too many digits.
    case number

    public var description: String {
      switch self {
      case .pattern(let text): "the pattern \(text) has a form that is not read"
      case .depth: "references lead on and on, or the value is too deep"
      case .steps: "the evaluation takes too many steps"
      case .number: "a divisor has too many digits"
      }
    }
  }
  /// It holds.
  case valid
  /// It does not.
  case invalid
  /// It cannot be told: never to be taken for either.
  case indeterminate(Reason)
}

/// A verdict with what failed.
public struct SchemaReport: Sendable {
  /// What the schema says of the value.
  public let verdict: SchemaVerdict
  /// The assertions that fail, in the order of the instance, then of the schema, at most 256; only the first where references lead on for
  /// millions of steps. Empty unless the verdict is ``SchemaVerdict/invalid``.
  public let violations: [SchemaViolation]
}
