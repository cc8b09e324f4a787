internal import ToolReward
internal import ToolRewardLines

/// Everything that the bytes of a run follow from, by name: what decides whether a run may be gone on with. `run.json` in the run's folder.
struct RunSettings: Sendable, Hashable {
  /// Names and values, in the order in which they are told.
  private(set) var parts: [(name: String, value: String)] = []

  static func == (left: Self, right: Self) -> Bool { left.json == right.json }
  func hash(into hasher: inout Hasher) { hasher.combine(json) }

  /// Whether there is a part of that name.
  func has(_ name: String) -> Bool { parts.contains { $0.name == name } }

  mutating func add(_ name: String, _ value: String) { parts.append((name, value)) }

  /// A line of JSON.
  var json: [UInt8] {
    var bytes: [UInt8] = []
    for part in parts {
      bytes.append(bytes.isEmpty ? 0x7B : 0x2C)
      VerdictWriter.append(part.name, to: &bytes)
      bytes.append(0x3A)
      VerdictWriter.append(part.value, to: &bytes)
    }
    return (bytes.isEmpty ? [0x7B] : bytes) + [0x7D, 0x0A]
  }

  /// SHA-256 of ``json``, in hexadecimal.
  var fingerprint: String { Self.digest(of: [json]) }

  /// SHA-256 of some bytes, each with its length before it, in hexadecimal. O(bytes).
  static func digest(of pieces: [[UInt8]]) -> String {
    let digest = InputDigest()
    for piece in pieces {
      digest.update(Array("\(piece.count):".utf8))
      digest.update(piece)
    }
    return digest.finish()
  }

  /// What differs from settings that were written before, in words; empty if nothing does.
  func differences(from text: [UInt8]) -> [String] {
    guard let former = try? ValueReader().read(text), former.kind == .object else { return ["it cannot be read"] }
    var differences: [String] = []
    for part in parts {
      let value = former[part.name]?.string
      if value == part.value { continue }
      differences.append("\(part.name) was \(Self.shown(value)), is \(Self.shown(part.value))")
    }
    for (name, value) in former.members {
      let name = String(decoding: name, as: UTF8.self)
      if !has(name) {
        differences.append("\(name) was \(Self.shown(value.string)), is not there")
      }
    }
    if differences.isEmpty, text != json { differences.append("its parts stand in another order") }
    return differences
  }

  private static func shown(_ value: String?) -> String {
    guard let value else { return "not there" }
    return value.utf8.count <= 40 ? "'\(value)'" : "'\(value.prefix(16))…'"
  }
}

extension TrainingConfiguration {
  /// Adds everything that a run follows from besides policy, tasks and rewards.
  func describe(in settings: inout RunSettings) {
    settings.add("toolreward", toolRewardVersion)
    settings.add("recipe", recipe.rawValue)
    settings.add("algorithm", algorithmName)
    let numbers: [(String, Any)] = [
      ("steps", steps), ("fine-tuning steps", fineTuningSteps), ("prompts a step", promptsPerStep),
      ("completions a prompt", groupSize), ("temperature", temperature), ("most tokens", maximumTokens),
      ("updates a step", updatesPerStep), ("most draws", maximumDraws), ("learning rate", learningRate),
      ("fine-tuning rate", fineTuningRate), ("rate's decay", rateDecay), ("gradient norm", maximumGradientNorm),
      ("evaluation interval", evaluationInterval), ("checkpoint interval", checkpointInterval),
      ("collapse fraction", collapseFraction), ("collapse patience", collapsePatience),
      ("steps without learning", hopelessSteps), ("target", target.map { "\($0)" } ?? "none"), ("seed", seed),
    ]
    for (name, value) in numbers { settings.add(name, "\(value)") }
    settings.add("algorithm's parts", "\(algorithm)")
  }
}

extension TrainingTasks {
  /// SHA-256 over all that is judged, shown or learned of tasks.
  static func digest(of tasks: [TrainingTask]) -> String { RunSettings.digest(of: tasks.map(\.source)) }
}
