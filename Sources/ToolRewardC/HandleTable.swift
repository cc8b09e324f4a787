/// The objects behind handles. A handle holds a place in the table and the place's generation: what it names is looked up, never
/// followed, so that any number may be given.
///
/// ``LibraryLock`` has the one of the library.
struct HandleTable {
  private struct Place {
    var generation: UInt64 = 1
    var object: Object?
  }
  private var places: [Place] = []
  private var free: [Int] = []

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
    return places[place].generation << Self.placeBits | UInt64(place)
  }

  /// Takes a handle's object out; `nil` if there is none.
  mutating func remove(_ handle: UInt64) -> Object? {
    guard let object = self[handle] else { return nil }
    let place = Int(handle & (1 << Self.placeBits - 1))
    places[place].object = nil
    places[place].generation += 1
    free.append(place)
    return object
  }
}
