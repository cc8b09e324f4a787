public import Testing
internal import ToolReward
public import ToolRewardSuites

/// Expects a prompt to be the recorded one: `__Snapshots__/TEST_FILE/NAME.txt` beside the test's file. What is missing is recorded, and
/// fails once, so that it is looked at; ``SnapshotRecording`` asks for more or less.
///
/// - Parameters:
///   - prompt: The prompt.
///   - name: The recorded prompt's name.
///   - mode: What is recorded; `nil` for ``SnapshotRecording``'s.
///   - file: The test's file.
public func expectSnapshot(
  of prompt: [UInt8], named name: String, record mode: SnapshotStore.Mode? = nil, file: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let mode = mode ?? SnapshotRecording.current
  let store = SnapshotStore(folder: SnapshotStore.folder(ofSuite: file), mode: mode)
  let path = SnapshotStore.fileName(name)
  var recorded: [UInt8]?
  do throws(SnapshotError) {
    recorded = try store.read(path)
  } catch  where mode == .all {
    recorded = nil
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
    return
  }
  if recorded == prompt, mode != .all { return }
  let difference = recorded.map { PromptDifference($0, prompt).text(from: "recorded", to: "now") } ?? ""
  guard mode == .all || mode == .failed || (mode == .missing && recorded == nil) else {
    Issue.record(
      "\(recorded == nil ? "\(path) is not recorded" : "another prompt than \(path)")\n\(difference)",
      sourceLocation: sourceLocation)
    Attachment.record(String(decoding: prompt, as: UTF8.self), named: "prompt.txt", sourceLocation: sourceLocation)
    return
  }
  if let problem = store.write(path, prompt) {
    Issue.record("\(path) cannot be recorded: \(problem)", sourceLocation: sourceLocation)
  } else {
    Issue.record("recorded \(path): run the test again\n\(difference)", sourceLocation: sourceLocation)
  }
}
