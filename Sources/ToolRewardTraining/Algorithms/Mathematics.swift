#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The system's elementary functions, in one place.
func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }

/// 1 / (1 + e^−x) without overflow.
func sigmoid(_ x: Double) -> Double {
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let power = exp(x)
  return power / (1 + power)
}

extension Double {
  /// The number within bounds, and whether it was so already: the factor of a derivative through `torch.clamp`.
  func clamped(_ low: Double, _ high: Double) -> (value: Double, slope: Double) {
    if self < low { return (low, 0) }
    if self > high { return (high, 0) }
    return (self, 1)
  }
}

/// Mean and spread of some numbers.
struct Moments {
  let count: Int
  let mean: Double
  private let squares: Double
  private let isConstant: Bool

  init(_ numbers: [Double]) {
    count = numbers.count
    isConstant = numbers.allSatisfy { $0 == numbers[0] }
    if isConstant {
      mean = numbers.first ?? 0
      squares = 0
    } else {
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      self.mean = mean
      squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
  }

  /// The standard deviation, exactly 0 if all numbers are the same or there are too few of them.
  ///
  /// - Parameter lost: What is taken from the count: 1 for a sample's deviation, 0 for a population's.
  func deviation(lost: Int) -> Double {
    if isConstant || count <= lost { return 0 }
    return (squares / Double(count - lost)).squareRoot()
  }
}
