/// How rewards are put together.
///
/// An expression whose parts cannot all be judged cannot be judged.
public indirect enum RewardExpression: Sendable {
  /// A reward's score.
  case score(any RewardPolicy)
  /// One component of a reward; where it was not checked, the expression cannot be judged.
  case component(String, of: any RewardPolicy)
  /// A number.
  case constant(Double)
  /// A number that moves with the training step: linear between the points, level before the first and after the last.
  case schedule([SchedulePoint])
  /// The sum of products.
  case sum([(weight: RewardExpression, term: RewardExpression)])
  /// One expression where the condition reaches a bound, another where it does not.
  case gate(RewardExpression, atLeast: Double, then: RewardExpression, otherwise: RewardExpression)
  /// `scale × term + offset`.
  case affine(RewardExpression, scale: Double, offset: Double)
  /// The term, not below the one and not above the other.
  case clamp(RewardExpression, minimum: Double, maximum: Double)
}

/// A point of a schedule.
public struct SchedulePoint: Sendable, Hashable {
  /// The training step.
  public let step: Double
  /// The value at that step.
  public let value: Double

  /// Creates a point.
  public init(step: Double, value: Double) {
    self.step = step
    self.value = value
  }

  /// A schedule's value at a step; 0 without points. Points are in the order of their steps.
  static func value(of points: [SchedulePoint], at step: Double) -> Double {
    guard let first = points.first, let last = points.last else { return 0 }
    if step <= first.step { return first.value }
    for (left, right) in zip(points, points.dropFirst()) where step <= right.step {
      let part = (step - left.step) / (right.step - left.step)
      return left.value + part * (right.value - left.value)
    }
    return last.value
  }
}
