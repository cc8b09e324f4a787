internal import ToolReward
internal import ToolRewardPrompts

/// When a request that failed is sent again.
public struct RetryPolicy: Sendable, Hashable {
  /// How often it is sent again.
  public var retries: Int
  /// The longest wait before the first retry; each further one's is twice as long.
  public var first: Duration
  /// The longest wait that is not asked for by the server.
  public var most: Duration
  /// The longest wait that a server may ask for: where it asks for more, the request has failed.
  public var patience: Duration

  /// Creates a policy.
  public init(
    retries: Int = 5, first: Duration = .seconds(1), most: Duration = .seconds(60), patience: Duration = .seconds(300)
  ) {
    self.retries = max(0, retries)
    self.first = first
    self.most = most
    self.patience = patience
  }

  /// How long to wait before a retry: a random time from half the step to the whole step ("equal jitter"), so that clients do not come back all at once;
  /// or as long as the server asks for, and a little more. `nil` if there is to be no retry.
  ///
  /// - Parameters:
  ///   - failures: How often the request has failed: 1 or more.
  ///   - asked: What the server asks for.
  func wait(failures: Int, asked: Duration?, random: inout SplitMix64) -> Duration? {
    guard failures <= retries else { return nil }
    let step = min(most, first * (1 << min(20, failures - 1)))
    let share = random.fraction()
    guard let asked else { return step * (0.5 + share / 2) }
    if asked > patience { return nil }
    return asked + min(step, .seconds(1)) * share
  }
}

/// What a server says of when to come back (RFC 9110 §10.2.3).
enum RetryAfter {
  /// The wait that a reply asks for: `retry-after-ms`, or `Retry-After` in seconds or as a date, which is held against the reply's own `Date`. `nil` if it asks
  /// for none, or for what is none.
  static func read(_ reply: HTTPReply) -> Duration? {
    if let text = reply.header("retry-after-ms"), let milliseconds = number(text) {
      return .milliseconds(Int(milliseconds.rounded(.up)))
    }
    guard let text = reply.header("retry-after") else { return nil }
    if let seconds = number(text) { return .milliseconds(Int((seconds * 1_000).rounded(.up))) }
    guard let then = seconds(ofDate: text), let now = reply.header("date").flatMap({ seconds(ofDate: $0) }) else {
      return nil
    }
    return .seconds(max(0, then - now))
  }

  /// A number from 0 to a billion.
  private static func number(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    guard NumberLiteral.end(bytes.span, from: 0) == bytes.count, let value = Double(text), value >= 0, value < 1e9
    else { return nil }
    return value
  }

  /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func seconds(ofDate text: String) -> Int? {
    let parts = text.utf8.split(separator: 0x20).map { String(Substring($0)) }
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard parts.count == 6, let day = Int(parts[1]), let month = months.firstIndex(of: parts[2]),
      let year = Int(parts[3]), year >= 1970
    else { return nil }
    let clock = parts[4].utf8.split(separator: 0x3A).compactMap { Int(String(Substring($0))) }
    guard clock.count == 3,
      CivilTime(year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: min(59, clock[2]))
        != nil
    else { return nil }
    // Days since 1970, years taken to begin in March, so that a leap day ends one.
    let shifted = month < 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    return ((days * 24 + clock[0]) * 60 + clock[1]) * 60 + clock[2]
  }
}
