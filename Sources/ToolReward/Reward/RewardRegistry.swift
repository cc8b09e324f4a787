/// The rewards a program knows by name. A value: adding to one registry changes no other.
public struct RewardRegistry: Sendable {
  /// The rewards, in the order they were added.
  public private(set) var policies: [any RewardPolicy]

  /// Creates a registry. A later reward of the same name replaces an earlier one.
  public init(_ policies: [any RewardPolicy] = RewardRegistry.builtIn) {
    self.policies = []
    for policy in policies { add(policy) }
  }

  /// The rewards that come with the library.
  public static let builtIn: [any RewardPolicy] =
    ToolN1Reward.Variant.allCases.map { ToolN1Reward($0) } + [ExactMatchReward(), StrictReward()]
    + ToolRLReward.presets

  /// Adds a reward, in place of one with the same name if there is one.
  public mutating func add(_ policy: any RewardPolicy) {
    if let position = policies.firstIndex(where: { $0.name == policy.name }) {
      policies[position] = policy
    } else {
      policies.append(policy)
    }
  }

  /// The reward of that name; `nil` if there is none.
  public subscript(name: String) -> (any RewardPolicy)? {
    policies.first { $0.name == name }
  }
}
