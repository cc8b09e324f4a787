internal import ToolReward
internal import ToolRewardLines

/// Where a run is: all that the rest of it depends on besides the policy's own state.
struct TrainingState: Sendable, Hashable {
  /// How many steps are done.
  var step = 0
  var random: RandomSource
  /// What the order of the tasks in this pass over them follows from, and how many of them were drawn.
  var orderSeed: UInt64 = 0
  var position: Int
  /// How much of metrics.jsonl belongs to the steps that are done.
  var metricsBytes = 0
  var best = -1.0
  var bestStep = 0
  var evaluationsBelow = 0
  /// How the run ended, if it did not end with its last step; empty while it goes on.
  var ending = ""

  init(seed: UInt64, taskCount: Int) {
    random = RandomSource(seed: seed)
    position = taskCount
  }
}

/// The files of a run's folder.
///
/// A checkpoint is a folder `checkpoint-000120` or `best-000080` with the policy's own files and `state.json`. It is written under another
/// name, brought to the disk, and renamed; then the file `latest` or `best` is replaced by one that names it. At any moment the named
/// folder is whole.
struct RunFolder: Sendable {
  let path: String

  /// Which checkpoint is meant.
  enum Name: String, Sendable { case latest, best }

  /// The file of metrics.
  var metrics: String { "\(path)/metrics.jsonl" }

  /// The folder that a name stands for; `nil` if there is none.
  func folder(_ name: Name) throws(TrainingError) -> String? {
    let pointer = "\(path)/\(name.rawValue)"
    guard FileNames.exists(pointer) else { return nil }
    let target = String(decoding: try read(pointer), as: UTF8.self)
    // Folders that are named here may be removed: nothing but this run's own is believed.
    guard Self.isCheckpoint(target, name) else {
      throw .checkpoint(
        "\(pointer) names no checkpoint of this run: write \(Self.prefix(name))-<step> into it, or remove it to begin anew"
      )
    }
    return "\(path)/\(target)"
  }

  private static func prefix(_ name: Name) -> String { name == .latest ? "checkpoint" : "best" }

  private static func isCheckpoint(_ target: String, _ name: Name) -> Bool {
    let start = Self.prefix(name) + "-"
    let digits = target.utf8.dropFirst(start.utf8.count)
    return target.utf8.starts(with: start.utf8) && digits.count >= 6 && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Writes a checkpoint. If that fails the former one stays, and nothing of the new one is left.
  func write(
    _ name: Name, _ state: TrainingState, fingerprint: String, save: (String) async throws(PolicyError) -> Void
  ) async throws(TrainingError) {
    let digits = String(state.step)
    let target = "\(Self.prefix(name))-\(String(repeating: "0", count: max(0, 6 - digits.utf8.count)))\(digits)"
    let partial = "\(path)/\(target).partial"
    let former = try folder(name)
    DurableFiles.removeFolder(partial)
    do throws(TrainingError) {
      do throws(InputOutputError) {
        try OutputSink.makeFolder(partial)
      } catch {
        throw TrainingError.files("\(error)")
      }
      do throws(PolicyError) {
        try await save(partial)
      } catch {
        throw error.isInputOutput ? .files("\(error)") : .policy(error)
      }
      do throws(InputOutputError) {
        try DurableFiles.write(
          Self.text(state, fingerprint, digest: try Self.digest(partial)), to: "\(partial)/state.json")
        try DurableFiles.synchronize(partial)
        if former != "\(path)/\(target)" { DurableFiles.removeFolder("\(path)/\(target)") }
        if FileNames.exists("\(path)/\(target)") {
          // The same step again, after a resume: it stays if it is the same, as it is with a policy that is repeatable.
          if try Self.digest(partial) == Self.digest("\(path)/\(target)") {
            DurableFiles.removeFolder(partial)
          } else {
            DurableFiles.removeFolder("\(path)/\(target)")
            try DurableFiles.move(partial, to: "\(path)/\(target)")
          }
        } else {
          try DurableFiles.move(partial, to: "\(path)/\(target)")
        }
        try DurableFiles.replace("\(path)/\(name.rawValue)", with: Array(target.utf8))
      } catch {
        throw TrainingError.files("\(error)")
      }
    } catch {
      DurableFiles.removeFolder(partial)
      throw error
    }
    if let former, former != "\(path)/\(target)" { DurableFiles.removeFolder(former) }
  }

  /// Reads a checkpoint's state and checks that its files are the ones that were written.
  func read(_ name: Name, fingerprint: String) throws(TrainingError) -> (state: TrainingState, folder: String)? {
    guard let folder = try folder(name) else { return nil }
    let file = "\(folder)/state.json"
    guard FileNames.exists(file) else {
      throw .checkpoint("\(file) is not there; remove \(path)/\(name.rawValue) to begin anew")
    }
    let text = try read(file)
    func damaged(_ why: String) -> TrainingError {
      .checkpoint("\(file): \(why); remove \(path)/\(name.rawValue) to begin anew")
    }
    let value: Value
    do throws(ValueError) {
      value = try ValueReader().read(text)
    } catch {
      throw damaged("it is not JSON: \(error)")
    }
    guard value["configuration"]?.string == fingerprint else {
      throw .checkpoint("\(file) belongs to a run with other settings or tasks: give the same ones, or another folder")
    }
    let digest: String
    do throws(InputOutputError) {
      digest = try Self.digest(folder)
    } catch {
      throw .files("\(error)")
    }
    func number(_ name: String) throws(TrainingError) -> Int {
      guard let number = value[name]?.numberLiteral.flatMap({ Int($0) }), number >= 0 else {
        throw damaged("\"\(name)\" is missing or no count")
      }
      return number
    }
    func bits(_ name: String) throws(TrainingError) -> UInt64 {
      guard let bits = value[name]?.string.flatMap({ UInt64($0, radix: 16) }) else {
        throw damaged("\"\(name)\" is missing or not hexadecimal")
      }
      return bits
    }
    var state = TrainingState(seed: 0, taskCount: 0)
    state.step = try number("step")
    state.random = RandomSource(seed: try bits("random"))
    state.orderSeed = try bits("order_seed")
    state.position = try number("position")
    state.metricsBytes = try number("metrics_bytes")
    state.best = Double(bitPattern: try bits("best"))
    state.bestStep = try number("best_step")
    state.evaluationsBelow = try number("evaluations_below")
    state.ending = value["ending"]?.string ?? ""
    // The digest stands over the state as well: what is not written here again is not what was written.
    guard value["digest"]?.string == digest, text == Self.text(state, fingerprint, digest: digest) else {
      throw damaged("its files are not the ones that were written")
    }
    return (state, folder)
  }

  private func read(_ file: String) throws(TrainingError) -> [UInt8] {
    do throws(InputOutputError) {
      return try LineSource.wholeFile(file)
    } catch {
      throw .files("\(error)")
    }
  }

  private static func text(_ state: TrainingState, _ fingerprint: String, digest: String) -> [UInt8] {
    var line = RecordLine("step", state.step)
    line.add("random", String(state.random.state, radix: 16))
    line.add("order_seed", String(state.orderSeed, radix: 16))
    line.add("position", Double(state.position))
    line.add("metrics_bytes", Double(state.metricsBytes))
    line.add("best", String(state.best.bitPattern, radix: 16))
    line.add("best_step", Double(state.bestStep))
    line.add("evaluations_below", Double(state.evaluationsBelow))
    line.add("ending", state.ending)
    line.add("digest", digest)
    line.add("configuration", fingerprint)
    // A sum over the line itself: a digit changed by hand or by a disk is seen.
    let sum = InputDigest()
    sum.update(line.finished)
    line.add("sum", sum.finish())
    return line.finished
  }

  /// SHA-256 over the policy's files, with their names, in the order of these.
  private static func digest(_ folder: String) throws(InputOutputError) -> String {
    let digest = InputDigest()
    for name in FileNames.names(in: folder) where name != "state.json" {
      digest.update(Array(name.utf8) + [0])
      digest.update(try LineSource.wholeFile("\(folder)/\(name)"))
    }
    return digest.finish()
  }
}
