#!/usr/bin/env python3
"""Advantages, losses and gradients beside verl 0.9.1 and TRL 1.16 themselves, on random batches, and gradients beside torch's autograd.

usage: training_differential.py TOOLREWARD [--batches N] [--seed S]
Needs torch, verl==0.9.1 and trl==1.16.0 as .ci/conformance installs them. verl and TRL run in float32, as they do in training; ours in float64:
values must agree within 1e-5 + 1e-4·|value|. Gradients are compared twice: with float32 code within the same bounds, and with autograd over float64
inputs through the frameworks' own functions within 1e-5 relative.
"""
import json, math, subprocess, sys, types, warnings, os
warnings.filterwarnings("ignore")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
import numpy as np, torch
from verl.trainer.ppo import core_algos, rollout_corr_helper
from verl.workers.config import ActorConfig, PolicyLossConfig
from omegaconf import OmegaConf

command = sys.argv[1]
option = lambda name, default: int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default
batches, seed = option("--batches", 1000), option("--seed", 1)
generator = torch.Generator().manual_seed(seed)
rng = np.random.default_rng(seed)
process = subprocess.Popen([command, "training-math"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
worst, counts, failures = {}, {}, 0


def ask(**request):
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline().replace("nan", "NaN").replace("-inf", "-Infinity"))
    if "error" in answer: raise SystemExit(f"{answer['error']}: {request}")
    return answer


def same(name, ours, theirs, relative=1e-4, absolute=1e-5):
    global failures
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    bad = ~np.isclose(ours, theirs, rtol=relative, atol=absolute, equal_nan=True)
    gap = np.abs(ours - theirs) / (absolute / relative + np.abs(theirs))
    worst[name] = max(worst.get(name, 0), float(np.nanmax(gap)) if gap.size else 0)
    counts[name] = counts.get(name, 0) + 1
    if bad.any():
        failures += 1
        if failures < 10: print(f"DIFFERS {name}: {ours[bad][:4]} {theirs[bad][:4]}")


def random_batch():
    """Groups of 2 to 6, completions of 1 to 9 tokens, some spread of policies, sometimes far from each other."""
    groups = int(rng.integers(1, 5))
    size = int(rng.integers(2, 7))
    rows, columns = groups * size, int(rng.integers(1, 10))
    lengths = rng.integers(1, columns + 1, rows)
    lengths[0] = columns
    mask = (np.arange(columns)[None] < lengths[:, None]).astype(np.float32)
    spread = float(rng.choice([0.05, 0.3, 2.0]))
    old = -rng.exponential(1.0, (rows, columns)).astype(np.float32)
    new = (old + rng.normal(0, spread, (rows, columns))).astype(np.float32)
    reference = (old + rng.normal(0, 0.5, (rows, columns))).astype(np.float32)
    rollout = (old + rng.normal(0, 0.3, (rows, columns))).astype(np.float32)
    kind = rng.integers(0, 4)
    rewards = [rng.integers(0, 2, rows), rng.normal(0, 1, rows), rng.uniform(-3, 4, rows), np.ones(rows)][kind].astype(np.float32)
    return dict(mask=mask, old=old, new=new, reference=reference, rollout=rollout, rewards=rewards, groups=np.repeat(np.arange(groups), size))


def verl_advantages(batch):
    mask, rewards = torch.tensor(batch["mask"]), torch.tensor(batch["rewards"])
    token = torch.zeros_like(mask)
    last = mask.sum(-1).long() - 1
    token[torch.arange(len(last)), last] = rewards
    index = np.array([f"g{group}" for group in batch["groups"]])
    parts = {"format": rng.integers(0, 2, len(rewards)).astype(np.float32), "acc": batch["rewards"]}
    common = dict(op="advantage", rewards=batch["rewards"].tolist(), groups=batch["groups"].tolist(), mask=batch["mask"].tolist())
    config = OmegaConf.create({"gamma": float(rng.choice([1.0, 0.9])), "norm_adv_by_std_in_grpo": True})
    run = lambda function, **more: function(token_level_rewards=token.clone(), response_mask=mask, **more)[0].numpy()
    cases = [
        ("grpo", dict(estimator="grpo", singleton="reward"), lambda: run(core_algos.compute_grpo_outcome_advantage, index=index)),
        ("dr_grpo", dict(estimator="grpo", scale="none", singleton="reward"), lambda: run(core_algos.compute_grpo_outcome_advantage, index=index, norm_adv_by_std_in_grpo=False)),
        ("rloo", dict(estimator="grpo", baseline="others-mean", scale="none", singleton="reward"), lambda: run(core_algos.compute_rloo_outcome_advantage, index=index)),
        ("rloo_vectorized", dict(estimator="grpo", baseline="others-mean", scale="none"), lambda: run(core_algos.compute_rloo_vectorized_outcome_advantage, index=index)),
        ("opo", dict(estimator="opo"), lambda: run(core_algos.compute_opo_outcome_advantage, index=index)),
        ("pass@k", dict(estimator="pass-at-k"), lambda: run(core_algos.compute_grpo_passk_outcome_advantage, index=index, config=config)),
        ("gpg", dict(estimator="gpg"), lambda: run(core_algos.compute_gpg_outcome_advantage, index=index)),
        ("remax", dict(estimator="remax", greedy=[0.25] * len(rewards)), lambda: run(core_algos.compute_remax_outcome_advantage, reward_baselines=torch.full((len(rewards),), 0.25))),
    ]
    if mask.sum() > 1:
        cases += [
            ("reinforce++", dict(estimator="reinforce++", discount=config.gamma), lambda: run(core_algos.compute_reinforce_plus_plus_outcome_advantage, config=config)),
            ("reinforce++-baseline", dict(estimator="reinforce++-baseline"), lambda: run(core_algos.compute_reinforce_plus_plus_baseline_outcome_advantage, index=index)),
            ("gdpo", dict(estimator="gdpo", singleton="reward", components=[part.tolist() for part in parts.values()], weights=[1.0, 0.5]),
             lambda: run(core_algos.compute_gdpo_outcome_advantage, index=index, non_tensor_batch=parts,
                         config=OmegaConf.create({"gdpo_reward_keys": list(parts), "gdpo_reward_weights": [1.0, 0.5]}),
                         batch={"prompts": torch.zeros(len(rewards), 1), "attention_mask": torch.cat([torch.ones(len(rewards), 1), mask], 1).long()})),
        ]
    constant = [len(set(batch["rewards"][batch["groups"] == group])) == 1 for group in set(batch["groups"])]
    for name, ours, theirs in cases:
        # A constant group's float32 deviation is not exactly 0 by verl, and whitening blows that up; ours is exactly 0.
        whitened = name in ("reinforce++-baseline", "gdpo")
        if (whitened and all(constant)) or (name == "reinforce++" and len(set(batch["rewards"])) == 1): continue
        same(f"verl {name}", ask(**common, **ours)["values"], theirs(), 1e-3 if whitened or name == "reinforce++" else 1e-4, 1e-4 if whitened else 1e-5)


MODES = ["token-mean", "token-sum", "seq-mean-token-sum", "seq-mean-token-mean", "seq-mean-token-sum-norm"]


def verl_config(**values):
    return ActorConfig(strategy="fsdp", rollout_n=1, ppo_micro_batch_size_per_gpu=1, **values)


def verl_losses(batch):
    advantages = np.repeat(rng.normal(0, 1, (len(batch["mask"]), 1)), batch["mask"].shape[1], 1).astype(np.float32) * batch["mask"]
    if rng.random() < 0.3: advantages = (rng.normal(0, 1, advantages.shape) * batch["mask"]).astype(np.float32)
    weights = rng.uniform(0.2, 2, batch["mask"].shape).astype(np.float32) if rng.random() < 0.3 else None
    mode = str(rng.choice(MODES))
    tensors = lambda kind: [torch.tensor(x, dtype=kind) for x in (batch["old"], batch["new"], advantages, batch["mask"])]
    cases = [
        ("vanilla", dict(loss="ppo", low=0.2, high=0.28, dual=3, log_ratio_limit=20), dict(clip_ratio_low=0.2, clip_ratio_high=0.28, clip_ratio_c=3.0)),
        ("gspo", dict(loss="gspo", low=0.2, high=0.28, maximum_log_ratio=10), dict(clip_ratio_low=0.2, clip_ratio_high=0.28)),
        ("cispo", dict(loss="cispo", low=0.8, high=1.28, log_ratio_limit=20), dict(clip_ratio_low=0.2, clip_ratio_high=0.28)),
        ("sapo", dict(loss="sapo", log_ratio_limit=20), dict(tau_pos=1.0, tau_neg=1.05)),
        ("gpg", dict(loss="policy-gradient"), {}),
        ("geo_mean", dict(loss="gmpo", low=0.4, high=0.4), dict(clip_ratio_low=0.4, clip_ratio_high=0.4)),
        ("dro", dict(loss="dro", beta=0.7), dict(policy_loss=PolicyLossConfig(dro_beta=0.7))),
    ]
    for name, ours, settings in cases:
        function = core_algos.get_policy_loss_fn(name)
        aggregation = "seq-mean-token-mean" if name == "sapo" else mode
        answer = ask(op="loss", **ours, aggregation=aggregation, old=batch["old"].tolist(), new=batch["new"].tolist(),
                     advantages=advantages.tolist(), mask=batch["mask"].tolist(), **({"weights": weights.tolist()} if weights is not None else {}))
        for kind in (torch.float32, torch.float64):
            old, new, scaled, mask = tensors(kind)
            new.requires_grad_(True)
            loss, _ = function(old_log_prob=old, log_prob=new, advantages=scaled, response_mask=mask, loss_agg_mode=mode, config=verl_config(**settings),
                               rollout_is_weights=torch.tensor(weights, dtype=kind) if weights is not None else None)
            loss.backward()
            exact = kind == torch.float64
            bounds = (1e-5, 1e-9) if exact else (1e-4, 1e-5)
            label = "autograd, float64, " if exact else ""
            same(f"verl {label}{name}", answer["value"], loss.item(), *bounds)
            same(f"verl {label}{name} gradient", answer["gradient"], new.grad.numpy() * batch["mask"], *bounds)


def kl_and_importance(batch):
    mask = batch["mask"]
    for name in ("k1", "abs", "k2", "k3", "k3+", "k1+"):
        limits = dict(difference_limit=20, value_limit=10) if name[:2] == "k3" else {}
        answer = ask(op="kl", kl=name.rstrip("+"), new=batch["new"].tolist(), reference=batch["reference"].tolist(), mask=mask.tolist(),
                     quadratic_gradient=name.endswith("+"), **limits)
        for kind, bounds in ((torch.float32, (1e-4, 1e-5)), (torch.float64, (1e-5, 1e-9))):
            new = torch.tensor(batch["new"], dtype=kind, requires_grad=True)
            values = core_algos.kl_penalty(new, torch.tensor(batch["reference"], dtype=kind), name)
            (values * torch.tensor(mask)).sum().backward()
            same(f"verl kl {name}", answer["values"], values.detach().numpy() * mask, *bounds)
            same(f"verl kl {name} gradient", answer["gradient"], new.grad.numpy(), *bounds)
    difference = torch.tensor(batch["old"] - batch["rollout"])
    for level in ("token", "sequence"):
        for threshold, lower, mode in ((2.0, None, "truncate"), ("0.5_2.0", 0.5, "mask")):
            try:
                theirs, _ = rollout_corr_helper.compute_rollout_correction_weights(
                    log_ratio=difference, response_mask=torch.tensor(mask), rollout_is=level, rollout_is_threshold=threshold)
            except ZeroDivisionError:  # verl's statistics divide by 0 where every token is masked
                continue
            answer = ask(op="importance", old=batch["old"].tolist(), rollout=batch["rollout"].tolist(), mask=mask.tolist(), level=level, mode=mode,
                         maximum=2.0, log_ratio_limit=20, **({"minimum": lower} if lower else {}))
            same(f"verl importance {level} {mode}", answer["values"], theirs.numpy() * mask)
    logits = torch.tensor(rng.normal(0, 2, 12), requires_grad=True)
    entropy = torch.logsumexp(logits, -1) - (torch.softmax(logits, -1) * logits).sum()
    entropy.backward()
    answer = ask(op="entropy", logits=logits.tolist())
    same("entropy", answer["value"], entropy.item(), 1e-5, 1e-9)
    same("entropy gradient", answer["gradient"], logits.grad.numpy(), 1e-5, 1e-9)


def nft(batch):
    """NFT has no package: its formula (NVlabs/NFT dp_actor.py, ratio_type token) in torch, with the clamp that passes gradients on."""
    held = lambda x, least: x + (x.clamp(min=least) - x).detach()
    right = rng.integers(0, 2, len(batch["mask"])).astype(float)
    rates = rng.uniform(0, 1, len(batch["mask"]))
    for normalization, weight, floor in (("none", 1.0, 1.0), ("failure-rate", 1.0, 1.0), ("odds", 0.5, 0.3)):
        answer = ask(op="loss", loss="nft", old=batch["old"].tolist(), new=batch["new"].tolist(), advantages=batch["mask"].tolist(), mask=batch["mask"].tolist(),
                     right=right.tolist(), success_rates=rates.tolist(), normalization=normalization, negative_weight=weight, negative_floor=floor,
                     aggregation="token-sum", divisor=1000)
        new = torch.tensor(batch["new"], dtype=torch.float64, requires_grad=True)
        ratio = torch.exp((new - torch.tensor(batch["old"], dtype=torch.float64)).clamp(max=10))
        q, good = torch.tensor(rates)[:, None].clamp(0.02, 0.98), torch.tensor(right)[:, None]
        losses = -torch.log(held((1 - q * ratio) / (1 - q), floor)) * (1 - good) * weight - torch.log(held(ratio, 0.0)) * good
        losses = losses * {"none": 1, "failure-rate": 1 - q, "odds": ((1 - q) / q).sqrt()}[normalization]
        loss = (losses * torch.tensor(batch["mask"])).sum() / 1000
        loss.backward()
        same(f"NFT {normalization}", answer["value"], loss.item(), 1e-5, 1e-9)
        same(f"NFT {normalization} gradient", answer["gradient"], new.grad.numpy(), 1e-5, 1e-9)


# TRL: its own _compute_loss with a stub for the trainer, whose "model" answers with the log-probabilities under test.
from trl.trainer.grpo_trainer import GRPOTrainer


def trl_loss(batch, advantages, kind, loss_type, level="token", beta=0.0, delta=None, entropy=0.0, entropies=None, bias=True):
    import collections
    new = torch.tensor(batch["new"], dtype=kind, requires_grad=True)
    own = torch.tensor(entropies if entropies is not None else np.zeros_like(batch["new"]), dtype=kind, requires_grad=True)
    mask = torch.tensor(batch["mask"], dtype=kind)
    gather = types.SimpleNamespace(gather=lambda x: x, gather_for_metrics=lambda x: x, reduce=lambda x, reduction="sum": x, num_processes=1, sync_gradients=True)
    arguments = types.SimpleNamespace(delta=delta, use_bias_correction_kl=bias, sapo_temperature_pos=1.0, sapo_temperature_neg=1.05, vespo_k_pos=2.0,
                                      vespo_lambda_pos=3.0, vespo_k_neg=3.0, vespo_lambda_neg=2.0, steps_per_generation=1)
    trainer = types.SimpleNamespace(
        _get_per_token_logps_and_entropies=lambda *a, **k: (new, own, None), aux_loss_enabled=False, top_entropy_quantile=1.0, off_policy_mask_threshold=None,
        importance_sampling_level=level, beta=beta, args=arguments, loss_type=loss_type, epsilon_low=0.2, epsilon_high=1.28 if loss_type == "cispo" else 0.28,
        use_vllm=False, vllm_importance_sampling_correction=False, model=types.SimpleNamespace(training=True), current_gradient_accumulation_steps=1,
        max_completion_length=16, accelerator=gather, _entropy_bonus_enabled=entropy != 0, use_adaptive_entropy=False, entropy_coef=entropy,
        _metrics={"train": collections.defaultdict(list), "eval": collections.defaultdict(list)}, get_gamma_weights=GRPOTrainer.get_gamma_weights,
        get_off_policy_mask=GRPOTrainer.get_off_policy_mask)
    ids = torch.zeros(batch["mask"].shape, dtype=torch.long)
    loss = GRPOTrainer._compute_loss(trainer, None, {
        "prompt_ids": ids[:, :1], "prompt_mask": torch.ones(len(ids), 1), "completion_ids": ids, "completion_mask": mask, "advantages": torch.tensor(advantages, dtype=kind),
        "old_per_token_logps": torch.tensor(batch["old"], dtype=kind), "ref_per_token_logps": torch.tensor(batch["reference"], dtype=kind),
        "num_items_in_batch": mask.sum()})
    loss.backward()
    return loss.item(), new.grad.numpy(), own.grad.numpy() if own.grad is not None else np.zeros_like(batch["new"])


def trl_losses(batch):
    advantages = rng.normal(0, 1, len(batch["mask"])).astype(np.float32)
    rows = (advantages[:, None] * batch["mask"])
    entropies = rng.uniform(0, 2, batch["mask"].shape).astype(np.float32)
    clip = dict(loss="ppo", low=0.2, high=0.28)
    cases = [
        ("grpo", dict(**clip, aggregation="trl-grpo"), {}), ("bnpo", clip, {}), ("dapo", clip, {}),
        ("dr_grpo", dict(**clip, aggregation="trl-dr_grpo", divisor=16), {}),
        ("dapo", dict(**clip, ratio_limit=1.4), dict(delta=1.4)),
        ("grpo", dict(loss="gspo", low=0.2, high=0.28, through_sequence=True, aggregation="trl-grpo"), dict(level="sequence")),
        ("luspo", dict(loss="gspo", low=0.2, high=0.28, through_sequence=True, aggregation="seq-mean-token-sum"), dict(level="sequence")),
        ("cispo", dict(loss="cispo", high=1.28), {}), ("sapo", dict(loss="sapo", aggregation="trl-grpo"), {}), ("vespo", dict(loss="vespo"), {}),
        ("dapo", dict(**clip, kl="k3", kl_coefficient=0.1, ratio_weighted=True), dict(beta=0.1)),
        ("dapo", dict(**clip, kl="k3", kl_coefficient=0.1), dict(beta=0.1, bias=False)),
        ("dapo", dict(**clip, entropy_coefficient=0.01), dict(entropy=0.01)),
    ]
    for loss_type, ours, settings in cases:
        name = f"TRL {loss_type} {' '.join(f'{key}={value}' for key, value in settings.items())}".strip()
        answer = ask(op="objective", **ours, old=batch["old"].tolist(), new=batch["new"].tolist(), advantages=rows.tolist(), mask=batch["mask"].tolist(),
                     reference=batch["reference"].tolist(), entropies=entropies.tolist())
        for kind, bounds in ((torch.float32, (2e-4, 1e-4)), (torch.float64, (1e-5, 1e-9))):
            if loss_type == "sapo" and kind == torch.float64:  # TRL's τ are float32 in any precision: torch.where of two Python numbers
                answer = ask(op="objective", **ours, negative=float(np.float32(1.05)), old=batch["old"].tolist(), new=batch["new"].tolist(),
                             advantages=rows.tolist(), mask=batch["mask"].tolist(), entropies=entropies.tolist())
            value, gradient, entropy_gradient = trl_loss(batch, advantages, kind, loss_type, entropies=entropies, **settings)
            label = name + (", autograd in float64" if kind == torch.float64 else "")
            # TRL computes its losses in the inputs' precision: float32 sums of hundreds lose some digits.
            if not all(np.isfinite(gradient.ravel())): continue
            same(label, answer["value"], value, *bounds)
            same(label + ": gradient", answer["gradient"], gradient * batch["mask"], *bounds)
            same(label + ": entropy gradient", answer["entropy_gradient"], entropy_gradient * batch["mask"], *bounds)


for number in range(batches):
    batch = random_batch()
    verl_advantages(batch)
    verl_losses(batch)
    kl_and_importance(batch)
    trl_losses(batch)
    nft(batch)
process.stdin.close()
process.wait()
for name in sorted(worst): print(f"{counts[name]:6} × {name}: worst {worst[name]:.1e}")
print(f"{batches} batches, {sum(counts.values())} comparisons, {failures} differ")
sys.exit(failures > 0)
