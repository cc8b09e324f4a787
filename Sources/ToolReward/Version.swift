/// The version of the library, the command, the C interface and the Python package.
public let toolRewardVersion = "0.1.0"
