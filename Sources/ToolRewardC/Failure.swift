internal import ToolRewardHeader

/// Why a function of the C interface fails.
struct Failure: Error {
  let code: toolreward_code
  let message: String

  static func argument(_ message: String) -> Failure { Failure(TOOLREWARD_INVALID_ARGUMENT, message) }
  static func handle(_ kind: String) -> Failure {
    Failure(
      TOOLREWARD_INVALID_HANDLE,
      "the handle is no \(kind)'s: it was released, belongs to something else, or was never made")
  }

  static func options(_ message: String) -> Failure { Failure(TOOLREWARD_INVALID_OPTIONS, message) }
  static func tools(_ message: String) -> Failure { Failure(TOOLREWARD_INVALID_TOOLS, message) }
  static func groundTruth(_ message: String) -> Failure { Failure(TOOLREWARD_INVALID_GROUND_TRUTH, message) }

  static var tooManyHandles: Failure {
    Failure(TOOLREWARD_TOO_MANY_HANDLES, "there are too many handles; release those that are not used")
  }
  static var memory: Failure { Failure(TOOLREWARD_OUT_OF_MEMORY, "there is no memory for the result") }

  init(_ code: some BinaryInteger, _ message: String) {
    self.code = toolreward_code(truncatingIfNeeded: code)
    self.message = message
  }

  /// Writes code and message; a message too long is cut at a character.
  func write(to error: UnsafeMutablePointer<toolreward_error>?) {
    guard let error = unsafe error else { return }
    unsafe error.pointee.code = code
    unsafe withUnsafeMutableBytes(of: &error.pointee.message) { buffer in
      var count = min(message.utf8.count, buffer.count - 1)
      let utf8 = Array(message.utf8)
      while count > 0, count < utf8.count, utf8[count] & 0xC0 == 0x80 { count -= 1 }
      unsafe buffer.copyBytes(from: utf8[..<count])
      unsafe buffer[count] = 0
    }
  }
}
