#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import ArgumentParser
import ToolRewardLines
import ToolRewardReport

/// Exit statuses beyond 0 and ArgumentParser's 64 (sysexits.h).
enum Status {
  /// Done, but some samples could not be judged.
  static let someUnscorable = ExitCode(1)
  /// A threshold that was asked for is missed.
  static let thresholdMissed = ExitCode(2)
  /// The input as a whole is not what it should be.
  static let wrongInput = ExitCode(65)
  /// No input.
  static let noInput = ExitCode(66)
  /// Input or output failed.
  static let inputOutput = ExitCode(74)
}

/// What people see on standard error.
enum Terminal {
  /// Writes a line to standard output at once, also where that is a pipe.
  static func answer(_ line: [UInt8]) {
    let bytes = line + [0x0A]
    var written = 0
    unsafe bytes.withUnsafeBytes { buffer in
      while written < buffer.count {
        let count = unsafe write(1, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
        if count <= 0 { return }
        written += count
      }
    }
  }

  static func say(_ text: String) { put(text + "\n") }

  /// Writes text to standard error as it is.
  static func put(_ text: String) {
    var text = text
    text.withUTF8 { _ = unsafe write(2, $0.baseAddress, $0.count) }
  }

  static func sayInPlace(_ text: String) {
    var text = "\r" + text + "\u{1B}[K"
    text.withUTF8 { _ = unsafe write(2, $0.baseAddress, $0.count) }
  }

  static var errorIsTerminal: Bool { isatty(2) == 1 }

  static var outputIsTerminal: Bool { isatty(1) == 1 }

  /// How many columns standard output has; 120 where it is no terminal.
  static var outputWidth: Int { width(of: 1) }

  /// The same of standard error.
  static var errorWidth: Int { width(of: 2) }

  private static func width(of descriptor: Int32) -> Int {
    var size = winsize()
    guard isatty(descriptor) == 1, unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 120
    }
    return Int(size.ws_col)
  }

  static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Reports a failed read or write and gives its exit status.
  static func report(_ error: InputOutputError) -> ExitCode {
    say("toolreward: \(error)")
    switch error.operation {
    case .open: return error.number == ENOENT ? Status.noInput : Status.inputOutput
    case .overwrite: return .validationFailure
    case .read, .create, .write: return Status.inputOutput
    }
  }
}

/// A line on a terminal that tells how far a run is.
struct ProgressLine {
  private let isOn: Bool
  private let start = ContinuousClock.now
  private var lastShown = ContinuousClock.now

  init(isOn: Bool) {
    self.isOn = isOn
  }

  mutating func update(samples: Int, _ progress: InputProgress) {
    guard isOn, ContinuousClock.now - lastShown > .milliseconds(200) else { return }
    lastShown = ContinuousClock.now
    show(samples, progress)
  }

  func clear() {
    if isOn { Terminal.sayInPlace("") }
  }

  private func show(_ samples: Int, _ progress: InputProgress) {
    let elapsed = lastShown - start
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let rate = Double(samples) / max(seconds, 0.001)
    var text = "\(DecimalText.grouped(samples)) samples, \(DecimalText.grouped(Int(rate)))/s"
    if let total = progress.totalBytes, total > 0, progress.bytesRead > 0 {
      let part = min(1, Double(progress.bytesRead) / Double(total))
      let left = seconds / part - seconds
      text += ", \(DecimalText.fixed(part * 100, 0)) %, \(DecimalText.fixed(left, 0)) s left"
    }
    Terminal.sayInPlace(text)
  }
}
