internal import ToolRewardLines

/// Why a recorded prompt that is there cannot be read.
public struct SnapshotError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}

/// Recorded prompts: a file for each cell, `FOLDER/TEMPLATE__CASE.txt`.
public struct SnapshotStore: Sendable {
  /// What becomes of recorded prompts; the names are swift-snapshot-testing's.
  public enum Mode: String, Sendable, CaseIterable {
    /// Every prompt is recorded anew.
    case all
    /// Those that differ, and those that are missing.
    case failed
    /// Those that are missing.
    case missing
    /// None.
    case never
  }

  /// Reads a recorded prompt; `nil` if there is none. Throws ``SnapshotError`` if there is one that cannot be read: then none is written over
  /// it, unless every prompt is recorded anew.
  public typealias Read = @Sendable (_ name: String) throws(SnapshotError) -> [UInt8]?
  /// Records a prompt. Returns why it cannot.
  public typealias Write = @Sendable (_ name: String, _ text: [UInt8]) -> String?

  /// What is recorded.
  public let mode: Mode
  /// Reads a recorded prompt by its file's name.
  public let read: Read
  /// Records a prompt.
  public let write: Write

  /// Creates a store.
  public init(mode: Mode = .never, read: @escaping Read, write: @escaping Write) {
    self.mode = mode
    self.read = read
    self.write = write
  }

  /// The name of a cell's file: letters, digits, `-`, `.` and `_` as they are, anything else as `%` and its byte. So
  /// is a `_` at an end or behind another: no two cells have one name. A name that is too long for file systems ends in its digest.
  public static func fileName(template: String, case test: String) -> String {
    "\(escaped(template))__\(escaped(test)).txt"
  }

  /// The name of a file for a prompt that has one name; see ``fileName(template:case:)``.
  public static func fileName(_ name: String) -> String { escaped(name) + ".txt" }

  private static func escaped(_ name: String) -> String {
    var result = ""
    let bytes = Array(name.utf8)
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0x5F where index == 0 || index + 1 == bytes.count || bytes[index - 1] == 0x5F: result += "%5f"
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: result.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x2E where index > 0: result += "."
      default: result += byte < 16 ? "%0\(String(byte, radix: 16))" : "%\(String(byte, radix: 16))"
      }
    }
    guard result.utf8.count > partLimit else { return result }
    let digest = InputDigest()
    digest.update(bytes)
    return String(decoding: result.utf8.prefix(partLimit - 33), as: UTF8.self) + "~"
      + String(digest.finish().prefix(32))
  }

  /// The most bytes of a template's or a case's part: names of files have at most 255.
  private static let partLimit = 120

  func outcome(of prompt: [UInt8], _ template: String, _ test: String) -> CheckOutcome {
    let name = Self.fileName(template: template, case: test)
    var recorded: [UInt8]?
    if mode != .all {
      do throws(SnapshotError) { recorded = try read(name) } catch { return .error("\(error)") }
      if recorded == prompt { return .passed }
    }
    let records = mode == .all || mode == .failed || (mode == .missing && recorded == nil)
    if records { return write(name, prompt).map { .error("\(name) cannot be written: \($0)") } ?? .passed }
    guard let recorded else {
      return .failed(
        "\(name) is not recorded: run `toolreward prompts snapshot`, or in Swift tests `.snapshots(record: .missing)`")
    }
    return .failed("another prompt than \(name): \(TextCheck.difference(prompt, recorded))")
  }
}

extension SnapshotStore {
  /// Recorded prompts in a folder, which is made when the first is recorded.
  public init(folder: String, mode: Mode = .never) {
    self.init(mode: mode) { (name) throws(SnapshotError) in
      do throws(InputOutputError) {
        return try LineSource.wholeFile("\(folder)/\(name)")
      } catch {
        if error.isOfAbsence { return nil }
        throw SnapshotError("\(error)")
      }
    } write: { name, text in
      do throws(InputOutputError) {
        try OutputSink.makeFolders(folder)
        try DurableFiles.replace("\(folder)/\(name)", with: text)
        return nil
      } catch {
        return "\(error)"
      }
    }
  }

  /// A file's path without the ending of its name.
  package static func pathWithoutEnding(_ path: String) -> String {
    let slash = path.utf8.lastIndex(of: 0x2F)
    return (slash.map { String(path[...$0]) } ?? "") + SuiteReader.stem(of: path)
  }

  /// The folder of a suite's prompts: `__Snapshots__/SUITE` beside its file.
  public static func folder(ofSuite path: String) -> String {
    let slash = path.utf8.lastIndex(of: 0x2F)
    let folder = slash.map { String(path[...$0]) } ?? ""
    return "\(folder)__Snapshots__/\(SuiteReader.stem(of: path))"
  }
}
