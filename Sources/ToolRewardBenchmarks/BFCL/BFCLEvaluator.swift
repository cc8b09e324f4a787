public import ToolReward

/// Judges predictions as the leaderboard's own code does, and as it should. Not shared between threads: each has its own.
public final class BFCLEvaluator {
  /// The data.
  public let dataset: BFCLDataset
  private let decoding: BFCLDecoding
  /// Where the next sample probably is.
  private var hint = 0

  /// An evaluator.
  ///
  /// - Parameters:
  ///   - dataset: Questions and answers.
  ///   - decoderVersion: Which version's decoder reads Python text; `nil` for the data's.
  public init(_ dataset: BFCLDataset, decoderVersion: BFCLVersion? = nil) {
    self.dataset = dataset
    decoding = BFCLDecoding(decoderVersion ?? dataset.version)
  }

  /// What both ways of judging say of a prediction; `nil` if the category has no such sample.
  ///
  /// - Parameters:
  ///   - prediction: What the model gave.
  ///   - id: The sample's identifier, UTF-8.
  ///   - category: The category.
  ///   - decoder: How text becomes calls; nothing for a decoded prediction.
  ///   - turnsDots: Whether the model's API allows no dots in names, and has underscores for them.
  ///   - isStrict: Whether the strict verdict is wanted too.
  public func verdicts(
    of prediction: BenchmarkPrediction, id: [UInt8], category: BFCLCategory, decoder: BFCLOutputDecoder,
    turnsDots: Bool, isStrict: Bool
  ) -> (official: BenchmarkVerdict, strict: BenchmarkVerdict?)? {
    guard let samples = dataset.samples(of: category), let place = samples.place(of: id, hint: &hint) else {
      return nil
    }
    let glance = decoding.glance(
      at: prediction, decoder, category, place, isStrict ? nil : samples, turnsDots: turnsDots)
    switch glance {
    case .judged(let error): return (Self.verdict(error), nil)
    case .calls(let calls):
      return verdicts(true, calls, samples.questions[place], category, turnsDots: turnsDots, isStrict: isStrict)
    case .nothing: break
    }
    let decoded: BFCLDecoding.Result
    switch prediction {
    case .text(let text): decoded = decoding.decode(text, decoder, category.language)
    case .decoded(let value): decoded = value.kind == .null ? .failure : .value(PythonValue(decoded: value))
    }
    return verdicts(decoded, samples.questions[place], category, turnsDots: turnsDots, isStrict: isStrict)
  }

  /// The same for an output that is no text, as an API's tool calls are.
  public func verdicts(
    ofStructured output: Value, id: [UInt8], category: BFCLCategory, decoder: BFCLOutputDecoder, turnsDots: Bool,
    isStrict: Bool
  ) -> (official: BenchmarkVerdict, strict: BenchmarkVerdict?)? {
    guard let samples = dataset.samples(of: category), let place = samples.place(of: id, hint: &hint) else {
      return nil
    }
    if !isStrict, decoder == .list || decoder == .plain,
      case .judged(let error) = decoding.glance(
        at: .decoded(output), decoder, category, place, samples, turnsDots: turnsDots)
    {
      return (Self.verdict(error), nil)
    }
    let decoded = decoding.decode(PythonValue(output), decoder)
    return verdicts(decoded, samples.questions[place], category, turnsDots: turnsDots, isStrict: isStrict)
  }

  private func verdicts(
    _ decoded: BFCLDecoding.Result, _ question: BFCLQuestion, _ category: BFCLCategory, turnsDots: Bool,
    isStrict: Bool
  ) -> (official: BenchmarkVerdict, strict: BenchmarkVerdict?) {
    let output: PythonValue?
    switch decoded {
    case .unknown:
      let verdict = BenchmarkVerdict(isValid: nil, errorType: BFCLErrorType.notDecoded.rawValue)
      return (verdict, isStrict ? verdict : nil)
    case .failure: output = nil
    case .value(let value): output = value
    }
    return verdicts(
      output != nil, output.flatMap { BFCLChecker.calls($0) }, question, category, turnsDots: turnsDots,
      isStrict: isStrict)
  }

  private func verdicts(
    _ isDecoded: Bool, _ calls: [BFCLChecker.Call]?, _ question: BFCLQuestion, _ category: BFCLCategory,
    turnsDots: Bool, isStrict: Bool
  ) -> (official: BenchmarkVerdict, strict: BenchmarkVerdict?) {
    let checker = BFCLChecker(language: category.language, turnsDots: turnsDots)
    let official = Self.verdict(checker.verdict(isDecoded, calls, question, category.rule))
    guard isStrict else { return (official, nil) }
    let strict = BFCLStrictChecker(language: category.language, turnsDots: turnsDots)
    return (official, Self.verdict(strict.check(isDecoded, calls, question, category.rule)))
  }

  private static func verdict(_ error: BFCLErrorType?) -> BenchmarkVerdict {
    BenchmarkVerdict(isValid: error == nil, errorType: error?.rawValue)
  }
}

extension PythonValue {
  /// A decoded value as JSON spells it: a tuple is `{"__tuple__": […]}`, a key that is no text `"__key__:…"`.
  init(decoded value: Value) {
    let plain = PythonValue(value)
    // Both spellings begin with two underscores: most values have none.
    let isPlain = value.withTape { tape, _ in ByteSearch.firstIndex(of: Array("__".utf8), in: tape.bytes) == nil }
    self = isPlain ? plain : Self.restored(plain)
  }

  private static func restored(_ value: PythonValue) -> PythonValue {
    switch value {
    case .list(let elements): return .list(elements.map { restored($0) })
    case .dictionary(let members):
      if members.count == 1, members[0].key == .string(Array("__tuple__".utf8)),
        case .list(let elements) = members[0].value
      {
        return .tuple(elements.map { restored($0) })
      }
      return .dictionary(
        members.map { member in
          var key = member.key
          if case .string(let text) = key, text.starts(with: "__key__:".utf8) { key = .other(text) }
          return Member(key: key, value: restored(member.value))
        })
    default: return value
    }
  }
}

@available(*, unavailable)
extension BFCLEvaluator: Sendable {}
