/// The objects behind handles. A handle holds a place in the table and the place's generation: what it names is looked up, never
/// followed, so that any number may be given.
///
/// ``LibraryLock`` has the one of the library.
struct HandleTable {
  @safe private struct Place {
    var generation: UInt64 = 1
    var object: Object?
    /// The object and its policy, if it is a task: read without counting references.
    var task: (object: Unmanaged<TaskObject>, policy: ObjectIdentifier)?
  }
  private var places: [Place] = []
  private var free: [Int] = []
  /// When the batches began that use tasks they hold no reference to, the oldest first; and what was released meanwhile, with when.
  private var batches: [Int] = []
  private var released: [(time: Int, object: Object)] = []
  private var time = 0

  /// The lower bits of a handle are its place; the rest its generation, of which there are more than can be used up.
  private static let placeBits: UInt64 = 24

  subscript(handle: UInt64) -> Object? {
    let place = Int(handle & (1 << Self.placeBits - 1))
    guard place < places.count, places[place].generation == handle >> Self.placeBits else { return nil }
    return places[place].object
  }

  /// Makes a handle; `nil` if there are too many.
  mutating func add(_ object: Object) -> UInt64? {
    let place: Int
    if let last = free.popLast() {
      place = last
    } else {
      guard places.count < 1 << Self.placeBits - 1 else { return nil }
      place = places.count
      places.append(Place())
    }
    places[place].object = object
    if case .task(let task) = object {
      unsafe places[place].task = (Unmanaged.passUnretained(task), ObjectIdentifier(task.policy))
    }
    return places[place].generation << Self.placeBits | UInt64(place)
  }

  /// Takes a handle's object out; `nil` if there is none.
  mutating func remove(_ handle: UInt64) -> Object? {
    guard let object = self[handle] else { return nil }
    let place = Int(handle & (1 << Self.placeBits - 1))
    places[place].object = nil
    unsafe places[place].task = nil
    places[place].generation += 1
    free.append(place)
    if !batches.isEmpty { released.append((time, object)) }
    return object
  }

  // MARK: Batches

  /// Looks the tasks of a batch up, which must be a policy's own, without counting references: a thousand tasks are a thousand places in
  /// memory that only the scoring threads need to visit. They live until ``endBatch()``; `nil` where the handle is 0.
  ///
  /// - Returns: The tasks and when the batch began, or which handle is wrong; then there is no batch to end.
  mutating func beginBatch(
    _ handles: UnsafeBufferPointer<UInt64>, of policy: PolicyObject
  ) -> (tasks: [Unmanaged<TaskObject>?], began: Int, wrong: Int?) {
    var tasks = unsafe [Unmanaged<TaskObject>?]()
    unsafe tasks.reserveCapacity(handles.count)
    let own = ObjectIdentifier(policy)
    for index in 0..<handles.count {
      let handle = unsafe handles[index]
      if handle == 0 {
        unsafe tasks.append(nil)
        continue
      }
      let place = Int(handle & (1 << Self.placeBits - 1))
      guard place < places.count, places[place].generation == handle >> Self.placeBits,
        let task = unsafe places[place].task, unsafe task.policy == own
      else { return unsafe ([], 0, index) }
      unsafe tasks.append(task.object)
    }
    time += 1
    batches.append(time)
    return unsafe (tasks, time, nil)
  }

  /// Ends a batch. What no batch that still runs can use goes with the result.
  mutating func endBatch(_ began: Int) -> [Object] {
    batches.removeAll { $0 == began }
    // What was released before a batch began is none of its tasks.
    let oldest = batches.first ?? .max
    let gone = released.prefix { $0.time < oldest }.map(\.object)
    released.removeFirst(gone.count)
    return gone
  }

  /// What a forked child knows: no batch but its own is there.
  mutating func forgetBatches() { batches = [] }
}
