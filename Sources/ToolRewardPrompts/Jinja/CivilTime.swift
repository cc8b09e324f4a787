#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A date and a time of day without a zone, as `datetime.now()` gives them to `strftime_now`.
public struct CivilTime: Sendable, Hashable {
  /// The year, 1 to 9999.
  public let year: Int
  /// The month, 1 to 12.
  public let month: Int
  /// The day of the month.
  public let day: Int
  /// The hour, 0 to 23.
  public let hour: Int
  /// The minute, 0 to 59.
  public let minute: Int
  /// The second, 0 to 59.
  public let second: Int
  /// The millionths of a second.
  public let microsecond: Int

  /// Creates a time; `nil` if there is no such day or time. The calendar is the Gregorian one.
  public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(month, of: year),
      (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second),
      (0..<1_000_000).contains(microsecond)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.microsecond = microsecond
  }

  /// Reads ISO 8601: `2026-11-21`, `2026-11-21T12:30`, `2026-11-21T12:30:05`, with fractions or a zone, which is not used: the time is taken as it is
  /// written. `nil` for anything else.
  public init?(iso8601 text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
      return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    func has(_ byte: UInt8, _ place: Int) -> Bool { place < bytes.count && bytes[place] == byte }
    guard let year = number(0..<4), has(0x2D, 4), let month = number(5..<7), has(0x2D, 7), let day = number(8..<10)
    else { return nil }
    var fields = [0, 0, 0]
    var position = 10
    var microsecond = 0
    if position < bytes.count {
      guard has(0x54, 10) || has(0x20, 10), let hour = number(11..<13), has(0x3A, 13), let minute = number(14..<16)
      else { return nil }
      fields = [hour, minute, 0]
      position = 16
      if has(0x3A, 16) {
        guard let second = number(17..<19) else { return nil }
        fields[2] = second
        position = 19
        if has(0x2E, 19) {
          var scale = 100_000
          position = 20
          while position < bytes.count, let digit = number(position..<(position + 1)) {
            microsecond += digit * scale
            scale /= 10
            position += 1
          }
          guard position > 20 else { return nil }
        }
      }
      let zone = bytes[position...]
      let isZone =
        zone.isEmpty || zone.elementsEqual([0x5A])
        || (zone.count == 6 && (zone.first == 0x2B || zone.first == 0x2D) && has(0x3A, position + 3)
          && number((position + 1)..<(position + 3)) != nil && number((position + 4)..<(position + 6)) != nil)
      guard isZone else { return nil }
    }
    self.init(
      year: year, month: month, day: day, hour: fields[0], minute: fields[1], second: fields[2],
      microsecond: microsecond)
  }

  /// The time by the system's clock and zone.
  public static func now() -> CivilTime {
    var clock = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &clock)
    var fields = unsafe tm()
    unsafe localtime_r(&clock.tv_sec, &fields)
    return unsafe CivilTime(
      year: Int(fields.tm_year) + 1900, month: Int(fields.tm_mon) + 1, day: Int(fields.tm_mday),
      hour: Int(fields.tm_hour),
      minute: Int(fields.tm_min), second: min(59, Int(fields.tm_sec)), microsecond: Int(clock.tv_nsec) / 1000)
      ?? CivilTime(year: 1970, month: 1, day: 1) ?? epoch
  }

  static let epoch = CivilTime()

  private init() {
    (year, month, day) = (1970, 1, 1)
    (hour, minute, second, microsecond) = (0, 0, 0, 0)
  }

  private static func days(_ month: Int, of year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// The day of the year, from 1.
  private var dayOfYear: Int { (1..<month).reduce(day) { $0 + Self.days($1, of: year) } }

  /// The day of the week, 0 for Sunday.
  private var weekday: Int {
    let before = year - 1
    return (before * 365 + before / 4 - before / 100 + before / 400 + dayOfYear) % 7
  }

  /// ISO 8601's year and week.
  private var isoWeek: (year: Int, week: Int) {
    let week = (dayOfYear - (weekday + 6) % 7 + 9) / 7
    if week < 1 {
      return (CivilTime(year: year - 1, month: 12, day: 31)?.isoWeek).map { ($0.year, $0.week) } ?? (year - 1, 52)
    }
    if week == 53, let next = CivilTime(year: year, month: 12, day: 31), (1...3).contains(next.weekday) {
      return (year + 1, 1)
    }
    return (year, week)
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  /// `strftime(format)` in the C locale, with glibc's `-`, `_`, `0` and `^` before a letter. What it does not know stays as it is.
  func formatted(_ format: [UInt8]) throws(TemplateFailure) -> [UInt8] {
    if format.contains(0) { throw TemplateFailure(.value, "embedded null character") }
    var output: [UInt8] = []
    var position = 0
    while position < format.count {
      let byte = format[position]
      position += 1
      guard byte == 0x25 else {
        output.append(byte)
        continue
      }
      var cursor = position
      var flag: UInt8?
      if cursor < format.count, [0x2D, 0x5F, 0x30, 0x5E].contains(format[cursor]) {
        flag = format[cursor]
        cursor += 1
      }
      if cursor < format.count, let text = field(format[cursor], flag) {
        output += Array(text.utf8)
        position = cursor + 1
      } else {
        output.append(byte)
      }
    }
    return output
  }

  private func field(_ letter: UInt8, _ flag: UInt8?) -> String? {
    func number(_ value: Int, _ width: Int, _ pad: String = "0") -> String {
      let pad = flag == 0x2D ? "" : flag == 0x5F ? " " : flag == 0x30 ? "0" : pad
      let digits = String(value)
      return String(repeating: pad, count: max(0, width - digits.utf8.count)) + digits
    }
    func text(_ value: String) -> String { flag == 0x5E ? value.uppercased() : value }
    func all(_ pattern: String) -> String? {
      (try? formatted(Array(pattern.utf8))).map { text(String(decoding: $0, as: UTF8.self)) }
    }
    let twelve = hour % 12 == 0 ? 12 : hour % 12
    let monday = (weekday + 6) % 7
    switch letter {
    case 0x61: return text(String(Self.weekdays[weekday].prefix(3)))
    case 0x41: return text(Self.weekdays[weekday])
    case 0x62, 0x68: return text(String(Self.months[month - 1].prefix(3)))
    case 0x42: return text(Self.months[month - 1])
    case 0x64: return number(day, 2)
    case 0x65: return number(day, 2, " ")
    case 0x6D: return number(month, 2)
    case 0x79: return number(year % 100, 2)
    case 0x59: return number(year, 1)
    case 0x43: return number(year / 100, 2)
    case 0x48: return number(hour, 2)
    case 0x49: return number(twelve, 2)
    case 0x6B: return number(hour, 2, " ")
    case 0x6C: return number(twelve, 2, " ")
    case 0x4D: return number(minute, 2)
    case 0x53: return number(second, 2)
    case 0x66: return number(microsecond, 6)
    case 0x70: return text(hour < 12 ? "AM" : "PM")
    case 0x50: return hour < 12 ? "am" : "pm"
    case 0x6A: return number(dayOfYear, 3)
    case 0x75: return number(monday + 1, 1)
    case 0x77: return number(weekday, 1)
    case 0x55: return number((dayOfYear + 6 - weekday) / 7, 2)
    case 0x57: return number((dayOfYear + 6 - monday) / 7, 2)
    case 0x56: return number(isoWeek.week, 2)
    case 0x47: return number(isoWeek.year, 1)
    case 0x67: return number(isoWeek.year % 100, 2)
    case 0x44, 0x78: return all("%m/%d/%y")
    case 0x46: return all("%Y-%m-%d")
    case 0x54, 0x58: return all("%H:%M:%S")
    case 0x52: return all("%H:%M")
    case 0x72: return all("%I:%M:%S %p")
    case 0x63: return all("%a %b %e %H:%M:%S %Y")
    case 0x6E: return "\n"
    case 0x74: return "\t"
    case 0x25: return "%"
    // A time without a zone has no name and no offset of one.
    case 0x7A, 0x5A: return ""
    default: return nil
    }
  }
}
