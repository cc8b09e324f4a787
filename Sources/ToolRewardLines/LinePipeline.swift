internal import Synchronization

/// Turns chunks of lines into output. One for each thread.
public protocol LineWorker: SendableMetatype {
  /// What is worth knowing of a chunk besides its output.
  associatedtype Report: Sendable
  /// Turns a chunk into output, appended to `output`.
  mutating func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> Report
}

/// Reads inputs, hands chunks of lines to workers, and writes what they make of them in the order of the input.
///
/// Each worker takes its own next chunk from the input, so that one which waits for input keeps no other from finishing: a line's output
/// is written as soon as it and all before it are done.
public struct LinePipeline {
  /// The inputs, one after another.
  public var inputs: [LineInput]
  /// How many workers run at once.
  public var jobs: Int

  /// Creates a pipeline.
  public init(inputs: [LineInput], jobs: Int) {
    self.inputs = inputs
    self.jobs = max(1, jobs)
  }

  /// What digests the bytes that are read, in their order; `nil` for nothing.
  public var digest: InputDigest?

  /// How inputs are taken apart that hold rows, not lines; `nil` for lines.
  public var rows: RowRules?

  /// Runs to the end of the inputs.
  ///
  /// - Parameters:
  ///   - sink: Where output goes.
  ///   - makeWorker: Makes a worker.
  ///   - onWritten: Called in input order after each chunk's output is written, with its report and how far the input is read.
  /// - Throws: ``InputOutputError`` if reading or writing fails; what was written before stays written.
  public func run<Worker: LineWorker>(
    into sink: OutputSink, makeWorker: @escaping @Sendable () -> Worker,
    onWritten: @escaping (Worker.Report, InputProgress) -> Void
  ) async throws(InputOutputError) {
    let feeder = try Feeder(inputs, digest, rows)
    let writer = OrderedWriter<Worker.Report>(sink: sink, onWritten: onWritten)
    if jobs == 1 {
      Self.work(makeWorker(), feeder, writer)
    } else {
      // The workers share nothing but these two, each behind its own lock.
      let shared = unsafe Shared(feeder: feeder, writer: writer)
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<jobs {
          group.addTask { unsafe Self.work(makeWorker(), shared.feeder, shared.writer) }
        }
      }
    }
    if let failure = feeder.failure ?? writer.failure { throw failure }
  }

  private static func work<Worker: LineWorker>(
    _ worker: Worker, _ feeder: Feeder, _ writer: OrderedWriter<Worker.Report>
  ) {
    var worker = worker
    var chunk = LineChunk()
    while !writer.hasFailed, let file = feeder.next(into: &chunk) {
      var output: [UInt8] = []
      output.reserveCapacity(chunk.bytes.count / 4)
      let report = worker.process(chunk, file: file.path, into: &output)
      writer.deposit(chunk.sequence, output, report, file.progress)
    }
  }

  /// Carries the feeder and the writer into tasks. Both guard their state with a mutex.
  @unsafe private struct Shared<Report: Sendable>: @unchecked Sendable {
    let feeder: Feeder
    let writer: OrderedWriter<Report>
  }
}

@available(*, unavailable)
extension LinePipeline: Sendable {}

/// How far the inputs are read.
public struct InputProgress: Sendable {
  /// Bytes handed to workers.
  public var bytesRead: Int
  /// Bytes of all inputs; `nil` if that cannot be known.
  public var totalBytes: Int?
}

/// Hands out chunks of all inputs, one after another.
private final class Feeder {
  private let state: Mutex<State>
  private let digest: InputDigest?
  private let rows: RowRules?

  private struct State: ~Copyable {
    var inputs: [LineInput]
    var source: ChunkSource?
    var sequence = 0
    var bytesBefore = 0
    var totalBytes: Int?
    var failure: InputOutputError?
  }

  init(_ inputs: [LineInput], _ digest: InputDigest?, _ rows: RowRules?) throws(InputOutputError) {
    // All inputs are opened once before any work, so that a wrong name is told at once.
    var total: Int? = 0
    for input in inputs where input.path != "-" {
      let size = try ByteSource(input).totalBytes
      total = total.flatMap { sum in size.map { sum + $0 } }
    }
    if inputs.contains(where: { $0.path == "-" }) { total = nil }
    self.digest = digest
    self.rows = rows
    state = Mutex(State(inputs: inputs.reversed(), totalBytes: total))
  }

  var failure: InputOutputError? { state.withLock { $0.failure } }

  func next(into chunk: inout LineChunk) -> (path: String, progress: InputProgress)? {
    var filled = LineChunk()
    swap(&filled, &chunk)
    var result: (path: String, progress: InputProgress)?
    (filled, result) = state.withLock { state in
      do throws(InputOutputError) {
        while state.failure == nil {
          if let source = state.source {
            if try source.next(into: &filled) {
              state.sequence += 1
              digest?.update(filled.bytes)
              let progress = InputProgress(
                bytesRead: state.bytesBefore + source.bytesRead, totalBytes: state.totalBytes)
              return (filled, (source.path, progress))
            }
            state.bytesBefore += source.bytesRead
            state.source = nil
          }
          guard let input = state.inputs.popLast() else { return (filled, nil) }
          state.source = try ChunkSource(input, rows, firstSequence: state.sequence)
        }
      } catch {
        state.failure = error
      }
      return (filled, nil)
    }
    swap(&filled, &chunk)
    return result
  }
}

/// Writes outputs in the order of their sequence, whichever is done first.
private final class OrderedWriter<Report: Sendable> {
  private let state: Mutex<State>
  private let sink: OutputSink
  private let onWritten: (Report, InputProgress) -> Void

  private struct State {
    var next = 0
    var waiting: [Int: (output: [UInt8], report: Report, progress: InputProgress)] = [:]
    var failure: InputOutputError?
  }

  init(sink: OutputSink, onWritten: @escaping (Report, InputProgress) -> Void) {
    self.sink = sink
    self.onWritten = onWritten
    state = Mutex(State())
  }

  var failure: InputOutputError? { state.withLock { $0.failure } }
  var hasFailed: Bool { state.withLock { $0.failure != nil } }

  func deposit(_ sequence: Int, _ output: [UInt8], _ report: Report, _ progress: InputProgress) {
    state.withLock { state in
      state.waiting[sequence] = (output, report, progress)
      while state.failure == nil, let ready = state.waiting.removeValue(forKey: state.next) {
        state.next += 1
        do throws(InputOutputError) {
          try sink.write(ready.output)
          onWritten(ready.report, ready.progress)
        } catch {
          state.failure = error
        }
      }
    }
  }
}
