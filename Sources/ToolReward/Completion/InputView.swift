/// Which part of a conversation a text is.
public enum InputView: Sendable, Hashable {
  /// The response alone.
  case response
  /// The response alone, whose prompt ended with the opening reasoning marker.
  case prefilled
  /// A whole conversation: what follows the last assistant marker is judged; without one, all of it.
  case conversation
  /// A message whose reasoning and calls the caller has already taken apart: see ``StructuredMessage``.
  case structured
}
