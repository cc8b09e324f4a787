public import ToolReward

/// The leaderboard's rule as a reward: 1 if the benchmark would count the completion as right, else 0.
///
/// A ground truth is a sample of the benchmark: `{"function": [definitions], "possible_answer": [{name: {argument: [values]}}], "category"?,
/// "underscore_to_dot"?}`, the definitions and answers as bfcl_eval's files have them. Without a category an empty list of answers means
/// that no call is right, several that order is free, and several definitions that one of them is called.
///
/// Calls are read in the format asked for, reasoning and text around them as that format allows: what the leaderboard's handlers accept
/// beside that is not accepted. `toolreward evaluate bfcl` judges as the leaderboard does from the text on.
public struct BFCLReward: RewardPolicy {
  /// Which rules.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// The official code's: `bfcl-eval` 2025.7.9 and 2026.3.23.
    case official = "bfcl"
    /// Without its accidents: Docs/BFCL.md.
    case strict = "bfcl-strict"
  }

  private let mode: Mode

  /// Creates the reward.
  public init(_ mode: Mode = .official) { self.mode = mode }

  public var name: String { mode.rawValue }
  public var summary: String {
    switch mode {
    case .official: "what the Berkeley Function Calling Leaderboard counts as right; 1 or 0"
    case .strict: "the same without the accidents of the official code; 1 or 0"
    }
  }
  public var source: String { "PyPI bfcl-eval 2026.3.23, ast_checker.py" }
  public var componentNames: [String] { ["format", "calls"] }
  public var format: CompletionFormat? { nil }
  public var syntax: ValueReader.Syntax { .json }
  public var usesTools: Bool { false }

  /// What a ground truth is compiled to.
  private final class Sample: Sendable {
    let question: BFCLQuestion
    let category: BFCLCategory
    let turnsDots: Bool

    init(_ question: BFCLQuestion, _ category: BFCLCategory, _ turnsDots: Bool) {
      self.question = question
      self.category = category
      self.turnsDots = turnsDots
    }
  }

  public func compile(groundTruth value: Value) throws(GroundTruthError) -> GroundTruth {
    var value = value
    if let text = value.stringBytes {
      do throws(ValueError) {
        value = try ValueReader().read(text)
      } catch {
        throw GroundTruthError("the ground truth is a string, but not JSON: \(error)")
      }
    }
    let truth = PythonValue(value)
    guard let given = truth["function"], given.kind == .list || given.kind == .dictionary,
      let answers = truth["possible_answer"], answers.kind == .list
    else {
      throw GroundTruthError(
        "the ground truth must be {\"function\": [definitions], \"possible_answer\": [{name: {argument: [values]}}], \"category\"?}"
      )
    }
    let count = given.kind == .dictionary ? 1 : given.elements.count
    let category = try category(truth, count, answers.elements.count)
    if category.hasAnswers, answers.elements.isEmpty {
      throw GroundTruthError("\(category.name) needs a \"possible_answer\"")
    }
    var turnsDots = false
    if case .boolean(let given)? = truth["underscore_to_dot"] { turnsDots = given }
    do throws(BFCLQuestion.Problem) {
      let question = try BFCLQuestion(id: [], functions: given, answers: answers, category)
      return GroundTruth(payload: Sample(question, category, turnsDots))
    } catch {
      throw GroundTruthError(error.message)
    }
  }

  private func category(
    _ truth: PythonValue, _ functions: Int, _ answers: Int
  ) throws(GroundTruthError) -> BFCLCategory {
    var name = answers == 0 ? "irrelevance" : answers > 1 ? "parallel" : functions > 1 ? "multiple" : "simple"
    if let given = truth["category"]?.text { name = String(decoding: given, as: UTF8.self) }
    guard let category = BFCLCategory(name) else {
      throw GroundTruthError("\"category\" must be one of: \(BFCLCategory.names.joined(separator: ", "))")
    }
    return category
  }

  public func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    guard let sample = truth.payload as? Sample else {
      return .unscorable(.limitReached, componentCount: componentNames.count)
    }
    var findings: [Finding] = []
    var calls: [BFCLChecker.Call]? = []
    for (index, attempt) in completion.attempts.enumerated() {
      guard attempt.status == .ok, let name = completion.name(of: attempt)?.stringBytes,
        let arguments = completion.arguments(of: attempt)
      else {
        findings.append(Finding(Self.code(.decoderFailed), .error, range: attempt.range, attempt: index))
        calls = nil
        break
      }
      calls?.append(BFCLChecker.Call(name: .string(name), arguments: PythonValue(arguments).members))
    }
    let hasFormat = calls != nil
    let error = Self.error(calls, sample, mode)
    if let error, findings.isEmpty {
      let first = completion.attempts.first
      findings.append(Finding(Self.code(error), .error, range: first?.range, attempt: first == nil ? nil : 0))
    }
    return Verdict(
      score: error == nil ? 1 : 0, components: [hasFormat ? 1 : 0, error == nil ? 1 : 0],
      findings: error == nil ? [] : findings)
  }

  private static func error(_ calls: [BFCLChecker.Call]?, _ sample: Sample, _ mode: Mode) -> BFCLErrorType? {
    let category = sample.category
    if mode == .strict {
      return BFCLStrictChecker(language: category.language, turnsDots: sample.turnsDots).check(
        calls != nil, calls, sample.question, category.rule)
    }
    return BFCLChecker(language: category.language, turnsDots: sample.turnsDots).verdict(
      calls != nil, calls, sample.question, category.rule)
  }

  /// The official name, its punctuation as underscores.
  private static func code(_ error: BFCLErrorType) -> Diagnostic.Code {
    let name = error.rawValue.utf8.map { $0 == 0x3A || $0 == 0x2F ? 0x5F : $0 }
    return Diagnostic.Code(String(decoding: name, as: UTF8.self), "the leaderboard's verdict is \(error.rawValue)")
  }
}

extension RewardRegistry {
  /// The rewards of the library and of its benchmarks.
  public static let withBenchmarks = RewardRegistry(builtIn + BFCLReward.Mode.allCases.map { BFCLReward($0) })
}
