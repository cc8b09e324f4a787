import ArgumentParser
import ToolReward
import ToolRewardLines

/// Files that tools are read from.
enum ToolsFile {
  /// The tools of a file: one JSON document, or one definition a line.
  static func read(_ path: String, reader: DefinitionReader) throws -> Toolbox {
    let text: [UInt8]
    do throws(InputOutputError) {
      text = try LineSource.wholeFile(path)
    } catch {
      throw Terminal.report(error)
    }
    let definitions: Value
    do throws(Problem) {
      definitions = try value(text, path)
    } catch {
      Terminal.say("toolreward: \(error.message)")
      throw Status.wrongInput
    }
    do throws(ToolboxError) {
      return try Toolbox(definitions, reader: reader)
    } catch {
      Terminal.say("toolreward: \(path): \(error)")
      throw Status.wrongInput
    }
  }

  private static func value(_ text: [UInt8], _ path: String) throws(Problem) -> Value {
    let reader = ValueReader()
    do throws(ValueError) {
      return try reader.read(text)
    } catch {
      // JSON Lines, if the first line is a value by itself.
      let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
      var definitions: [[UInt8]] = []
      for (number, line) in lines.enumerated() where line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
        do throws(ValueError) {
          _ = try reader.read(Array(line))
          definitions.append(Array(line))
        } catch let problem {
          throw Problem(
            definitions.isEmpty ? "\(path) is no JSON: \(error)" : "\(path), line \(number + 1), is no JSON: \(problem)"
          )
        }
      }
      guard let list = try? reader.read([0x5B] + Array(definitions.joined(separator: [0x2C])) + [0x5D]),
        !definitions.isEmpty
      else {
        throw Problem("\(path) is no JSON: \(error)")
      }
      return list
    }
  }

  private struct Problem: Error {
    let message: String
    init(_ message: String) { self.message = message }
  }
}

/// How definitions are read.
struct DefinitionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What arguments that a tool does not name are: open (allowed), closed-root (wrong), closed-deep (wrong inside objects as well).",
      valueName: "policy"))
  var unknownArguments = UnknownArgumentsName.closedRoot

  @Option(
    name: .customLong("without-rule"),
    help: ArgumentHelp(
      "A rule of the front end to leave out (see 'toolreward tools --rules'). May be given again.", valueName: "rule"))
  var withoutRules: [String] = []

  func makeReader() throws -> DefinitionReader {
    var reader = DefinitionReader()
    reader.unknownArguments = unknownArguments.policy
    for name in withoutRules {
      guard let rule = DefinitionRule(rawValue: name) else {
        throw ValidationError("There is no rule '\(name)'. 'toolreward tools --rules' lists them.")
      }
      reader.rules.remove(rule)
    }
    return reader
  }
}

/// The policies as an option's values.
enum UnknownArgumentsName: String, ExpressibleByArgument, CaseIterable {
  case open
  case closedRoot = "closed-root"
  case closedDeep = "closed-deep"

  var policy: UnknownArguments {
    switch self {
    case .open: .open
    case .closedRoot: .closedRoot
    case .closedDeep: .closedDeep
    }
  }
}
