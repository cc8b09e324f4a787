import ArgumentParser
import ToolReward
import ToolRewardTraining

/// The training formulas as a coprocess, for Tests/Conformance/Scripts/training_differential.py: one JSON request a line in, one answer a line
/// out. Docs/Checks.md tells what a request looks like.
struct TrainingMathCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training-math",
    abstract: "Answer requests for advantages, losses and gradients, so that they can be compared with others.",
    discussion: """
      EXAMPLE
        echo '{"op":"advantage","estimator":"grpo","rewards":[1,0],"groups":[0,0],"mask":[[1],[1]]}' | toolreward training-math
      """,
    shouldDisplay: false
  )

  func run() throws {
    while let line = readLine(strippingNewline: true) {
      var answer: [UInt8] = []
      do throws(MathRequestError) {
        answer = try MathRequest(line).answer()
      } catch {
        answer = Array(#"{"error":"#.utf8)
        VerdictWriter.append(error.message, to: &answer)
        answer.append(0x7D)
      }
      Terminal.answer(answer)
    }
  }
}

/// Why a request has no answer.
struct MathRequestError: Error {
  let message: String
}

/// A request, and how its parts are read.
struct MathRequest {
  private let value: Value

  init(_ line: String) throws(MathRequestError) {
    do throws(ValueError) {
      value = try ValueReader(syntax: .python).read(line)
    } catch {
      throw MathRequestError(message: "the line is not JSON: \(error)")
    }
  }

  func answer() throws(MathRequestError) -> [UInt8] {
    do {
      return try worked()
    } catch let error as MathRequestError {
      throw error
    } catch {
      throw MathRequestError(message: "\(error)")
    }
  }

  private func worked() throws -> [UInt8] {
    switch value["op"]?.string {
    case "advantage": return Self.text([("values", rows(try estimator().estimate(batch()).values))])
    case "loss":
      let result = try loss().evaluate(input(), aggregation: aggregation())
      return Self.text([
        ("value", Self.text(result.value)), ("gradient", rows(result.gradient)),
        ("clipped", Self.text(result.clippedShare)),
      ])
    case "objective":
      var algorithm = TrainingAlgorithm(estimator: .opo, loss: try loss(), aggregation: aggregation(), kl: kl())
      algorithm.entropyCoefficient = number("entropy_coefficient", 0)
      let zeros = TokenMatrix(rows: mask.rowCount, columns: mask.columnCount)
      let result = try algorithm.objective(
        input(), reference: matrix("reference"), entropies: matrix("entropies") ?? zeros)
      return Self.text([
        ("value", Self.text(result.value)), ("gradient", rows(result.logProbabilityGradient)),
        ("entropy_gradient", rows(result.entropyGradient)),
      ])
    case "kl":
      let penalty = kl() ?? KLPenalty(coefficient: 1)
      let (logs, reference) = (matrix("new") ?? empty, matrix("reference") ?? empty)
      let result = try penalty.evaluate(
        logProbabilities: logs, reference: reference, oldLogProbabilities: matrix("old") ?? logs, mask: mask,
        aggregation: .tokenSum(divisor: 1))
      let values = try penalty.estimates(
        logProbabilities: logs, reference: reference, oldLogProbabilities: matrix("old"), mask: mask)
      return Self.text([("values", rows(values)), ("gradient", rows(result.gradient))])
    case "importance":
      let correction = ImportanceCorrection(
        level: value["level"]?.string == "sequence" ? .sequence : .token,
        mode: value["mode"]?.string == "mask" ? .mask : .truncate, minimum: optional("minimum"),
        maximum: number("maximum", 2), logRatioLimit: optional("log_ratio_limit"))
      return Self.text([
        (
          "values",
          rows(
            try correction.weights(trainer: matrix("old") ?? empty, sampler: matrix("rollout") ?? empty, mask: mask))
        )
      ])
    case "entropy":
      let result = Entropy.evaluate(logits: numbers("logits").compactMap { $0 })
      return Self.text([("value", Self.text(result.value)), ("gradient", Self.list(result.gradient))])
    case "overlong":
      let penalty = OverlongPenalty(
        maximumLength: integer("maximum_length", 0), buffer: integer("buffer", 0),
        factor: number("factor", 1), isBounded: value["bounded"]?.boolean ?? false)
      return Self.text([("values", Self.list(numbers("lengths").map { penalty(length: Int(exactly: $0 ?? 0) ?? 0) }))])
    default:
      throw MathRequestError(
        message: "\"op\" is none of advantage, loss, objective, kl, importance, entropy, overlong")
    }
  }

  // MARK: Parts

  private var empty: TokenMatrix { TokenMatrix(rows: 0, columns: 0) }

  private func optional(_ name: String) -> Double? { value[name]?.numberLiteral.flatMap { Double($0) } }
  private func number(_ name: String, _ standard: Double) -> Double { optional(name) ?? standard }
  private func integer(_ name: String, _ standard: Int) -> Int {
    optional(name).flatMap { Int(exactly: $0) } ?? standard
  }
  private func flag(_ name: String) -> Bool { value[name]?.boolean ?? false }

  private func numbers(_ name: String) -> [Double?] { Self.numbers(value[name]) }

  private static func numbers(_ value: Value?) -> [Double?] {
    (value?.elements ?? []).map { element in element.numberLiteral.flatMap { Double($0) } }
  }

  private func matrix(_ name: String) -> TokenMatrix? {
    value[name].map { TokenMatrix($0.elements.map { Self.numbers($0).map { $0 ?? 0 } }) }
  }

  private var mask: TokenMask {
    TokenMask((value["mask"]?.elements ?? []).map { row in Self.numbers(row).map { $0 ?? 0 != 0 } })
  }

  private func batch() -> RewardBatch {
    RewardBatch(
      rewards: numbers("rewards"), groups: numbers("groups").map { Int(exactly: $0 ?? 0) ?? 0 }, mask: mask,
      components: (value["components"]?.elements ?? []).map { Self.numbers($0) },
      weights: numbers("weights").compactMap { $0 }, greedyRewards: numbers("greedy"),
      tokenRewards: matrix("token_rewards"))
  }

  private func normalization() -> GroupNormalization {
    GroupNormalization(
      baseline: value["baseline"]?.string.flatMap(GroupNormalization.Baseline.init) ?? .mean,
      scale: value["scale"]?.string.flatMap(GroupNormalization.Scale.init) ?? .group,
      lostDegrees: integer("lost_degrees", 1), epsilon: number("epsilon", 1e-6),
      singleton: value["singleton"]?.string.flatMap(GroupNormalization.Singleton.init) ?? .zero,
      leavesZeroDeviation: flag("leaves_zero_deviation"))
  }

  private func estimator() throws(MathRequestError) -> AdvantageEstimator {
    let whitening = flag("population") ? Whitening.population : .verl
    switch value["estimator"]?.string {
    case "grpo": return .group(normalization())
    case "reinforce++": return .reinforcePlusPlus(discount: number("discount", 1), whitening)
    case "reinforce++-baseline": return .reinforcePlusPlusBaseline(whitening)
    case "gdpo": return .gdpo(normalization(), whitening)
    case "normalize-then-sum": return .normalizeThenSum(normalization(), epsilon: number("epsilon", 1e-4))
    case "opo": return .opo
    case "pass-at-k": return .passAtK(normalizes: !flag("plain"), epsilon: number("epsilon", 1e-6))
    case "max-rl": return .maxRL
    case "remax": return .reMax
    case "gpg": return .gpg
    default: throw MathRequestError(message: "there is no such estimator")
    }
  }

  private func clip() -> RatioClip {
    RatioClip(
      low: number("low", 0.2), high: number("high", 0.2), dual: optional("dual"), ratioLimit: optional("ratio_limit"),
      logRatioLimit: optional("log_ratio_limit"))
  }

  private func loss() throws(MathRequestError) -> PolicyLoss {
    switch value["loss"]?.string {
    case "ppo": return .clipped(clip())
    case "gspo":
      return .sequenceClipped(
        clip(), maximumLogRatio: optional("maximum_log_ratio"), gradient: flag("through_sequence") ? .sequence : .token)
    case "cispo":
      return .cispo(low: optional("low"), high: number("high", 5), logRatioLimit: optional("log_ratio_limit"))
    case "sapo":
      return .sapo(
        positive: number("positive", 1), negative: number("negative", 1.05), logRatioLimit: optional("log_ratio_limit"))
    case "gmpo": return .gmpo(low: number("low", 0.2), high: number("high", 0.2))
    case "policy-gradient": return .policyGradient
    case "dro": return .dro(beta: number("beta", 1))
    case "vespo": return .vespo(VESPOWeights())
    case "nft":
      return .nft(
        NFTSettings(
          negativeWeight: number("negative_weight", 1), negativeFloor: number("negative_floor", 1),
          positiveFloor: number("positive_floor", 0),
          normalization: value["normalization"]?.string.flatMap(NFTSettings.Normalization.init) ?? .failureRate))
    default: throw MathRequestError(message: "there is no such loss")
    }
  }

  private func aggregation() -> LossAggregation {
    switch value["aggregation"]?.string {
    case "token-sum": .tokenSum(divisor: number("divisor", 1))
    case "seq-mean-token-sum": .sequenceMeanTokenSum(divisor: 1)
    case "seq-mean-token-sum-norm": .sequenceMeanTokenSum(divisor: optional("divisor"))
    case "seq-mean-token-mean": .verlSequenceMean
    case "trl-grpo": .trlSequenceMean
    case "trl-dr_grpo": .tokenSumByLength(number("divisor", 1))
    default: .tokenMean
    }
  }

  private func kl() -> KLPenalty? {
    guard let estimator = value["kl"]?.string.flatMap(KLPenalty.Estimator.init) else { return nil }
    return KLPenalty(
      estimator, coefficient: number("kl_coefficient", 1), differenceLimit: optional("difference_limit"),
      valueLimit: optional("value_limit"), hasQuadraticGradient: flag("quadratic_gradient"),
      isRatioWeighted: flag("ratio_weighted"))
  }

  private func input() -> PolicyLossInput {
    let new = matrix("new") ?? empty
    var input = PolicyLossInput(
      logProbabilities: new, oldLogProbabilities: matrix("old") ?? new,
      advantages: Advantages(values: matrix("advantages") ?? empty, mask: mask), importanceWeights: matrix("weights"))
    let rates = numbers("success_rates")
    input.outcomes = numbers("right").enumerated().map { row, right in
      SampleOutcome(isRight: right == 1, successRate: row < rates.count ? rates[row] ?? 0 : 0)
    }
    return input
  }

  // MARK: Answers

  private static func text(_ members: [(String, [UInt8])]) -> [UInt8] {
    var text: [UInt8] = [0x7B]
    for (place, (name, value)) in members.enumerated() {
      text += Array("\(place > 0 ? "," : "")\"\(name)\":".utf8) + value
    }
    return text + [0x7D]
  }

  private static func text(_ number: Double) -> [UInt8] { Array("\(number)".utf8) }

  private static func list(_ numbers: [Double]) -> [UInt8] {
    Array("[\(numbers.map { "\($0)" }.joined(separator: ","))]".utf8)
  }

  private func rows(_ matrix: TokenMatrix) -> [UInt8] {
    let rows = (0..<matrix.rowCount).map { row in
      Self.list((0..<matrix.columnCount).map { matrix[row, $0] })
    }
    return [0x5B] + Array(rows.joined(separator: [0x2C])) + [0x5D]
  }
}
