"""Fit what is linear: closed forms, convex optima, and two linear models that teach by what they get wrong.

python -m training.train_linear pca                    # mean and 64 principal components
python -m training.train_linear linear-denoiser        # the best linear denoiser at ten strengths of noise
python -m training.train_linear softmax-digits-best    # softmax regression at its convex optimum, a little L2
python -m training.train_linear softmax-fashion-best
python -m training.train_linear least-squares-digits   # regression on one-hot labels (lecture, C3: why not)
python -m training.train_linear softmax-fashion-double # softmax applied twice
python -m training.train_linear sigmoid-fashion-pairs  # multi-label: two garments side by side
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from tqdm import tqdm

from training.measures.pictures import psnr, ssim
from training.models.autoencoder import reconstruction_bce, reconstruction_mse
from training.models.linear import (
    PCA,
    LinearDenoiser,
    best_linear_map,
    double_softmax_loss,
    least_squares,
    multi_label_loss,
)
from training.models.noise import add_gaussian_noise
from training.models.softmax import SoftmaxRegression, cross_entropy, one_hot
from training.run import options, record, runs
from training.run.options import setting

KINDS = {  # name -> data set
    "pca": "digits",
    "linear-denoiser": "digits",
    "softmax-digits-best": "digits",
    "softmax-fashion-best": "fashion",
    "least-squares-digits": "digits",
    "softmax-fashion-double": "fashion",
    "sigmoid-fashion-pairs": "fashion",
}
WIDTHS = (2, 8, 16, 32, 64)  # components at which PCA is measured


@dataclass
class Settings:
    name: str = setting("pca", "what to fit")
    dataset: str = setting("digits", "digits or fashion; the name decides")
    latent_dim: int = setting(64, "principal components")
    strengths: str = setting("0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1.0", "noise at which the linear denoiser is made")
    tolerance: float = setting(0.2, "dB that the linear denoiser may lose to be stored at a lower rank")
    penalties: str = setting("3e-5,1e-4,3e-4", "weights of |W|^2 to choose from on held-out pictures")
    iterations: int = setting(120, "of L-BFGS at each penalty, each started where the last one ended")
    epochs: int = setting(10, "of SGD, where there is SGD: the lecture's")
    batch_size: int = setting(256, "pictures a step, the lecture's")
    learning_rate: float = setting(0.1, "step of plain SGD, the lecture's")
    seed: int = setting(0, "of the noise, the initial W, the order of the pictures, and the pairing")


# ---- closed forms ----------------------------------------------------------------------------------------------------


def denoiser(settings: Settings, images: Tensor) -> LinearDenoiser:
    """The best linear denoiser at each strength."""
    generator = torch.Generator(images.device).manual_seed(settings.seed)
    strengths = [float(strength) for strength in settings.strengths.split(",")]
    progress = tqdm(strengths, settings.name, leave=False)
    maps = [best_linear_map(add_gaussian_noise(images, s, generator), images, settings.tolerance) for s in progress]
    network = LinearDenoiser(strengths, [len(up) for _, _, up in maps]).to(images.device)
    network.clean_mean.copy_(images.flatten(1).mean(0))
    network.seen_mean.copy_(torch.stack([mean for mean, _, _ in maps]))
    network.down.copy_(torch.cat([down for _, down, _ in maps], 1))
    network.up.copy_(torch.cat([up for _, _, up in maps]))
    return network


def regression(images: Tensor, labels: Tensor) -> SoftmaxRegression:
    """Least squares on one-hot labels, in the layers of softmax regression: the same W and b, another loss."""
    network = SoftmaxRegression().to(images.device)
    W, b = least_squares(images, labels)
    network.W.copy_(W)
    network.b.copy_(b)
    return network


# ---- descent ---------------------------------------------------------------------------------------------------------


def optimum(
    images: Tensor, labels: Tensor, penalty: float, iterations: int, start: SoftmaxRegression | None = None
) -> SoftmaxRegression:
    """The minimum of mean cross-entropy + penalty |W|^2: convex, so there is one, found by L-BFGS."""
    network = SoftmaxRegression().to(images.device)
    if start:
        network.load_state_dict(start.state_dict())
    optimizer = torch.optim.LBFGS(
        network.parameters(), max_iter=iterations, history_size=20, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        loss, gradient_W, gradient_b = network.gradients(images, labels)  # by hand, as in the lecture's loop
        network.W.grad, network.b.grad = gradient_W + 2 * penalty * network.W, gradient_b
        return loss + penalty * network.W.square().sum()

    with torch.no_grad():
        optimizer.step(closure)
    return network


def descend(settings: Settings, images: Tensor, targets: Tensor, loss_of, held_out: tuple[Tensor, Tensor]) -> tuple:
    """The lecture's SGD with another loss, so with autograd's gradient; return the network and its curves."""
    generator = torch.Generator().manual_seed(settings.seed)
    network = SoftmaxRegression(inputs=images[0].numel(), classes=10)
    network.initialise(generator)
    network.to(images.device).requires_grad_(True)
    optimizer = torch.optim.SGD(network.parameters(), settings.learning_rate)
    curves = {"train": [], "held_out": []}
    for _ in tqdm(range(settings.epochs), settings.name, leave=False):
        total, order = 0.0, torch.randperm(len(images), generator=generator).to(images.device)
        for batch in order.split(settings.batch_size):
            loss = loss_of(network(images[batch]), targets[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * len(batch) / len(images)
        curves["train"].append(total)
        with torch.no_grad():
            curves["held_out"].append(float(loss_of(network(held_out[0]), held_out[1])))
    return network.requires_grad_(False), curves


def pair(images: Tensor, labels: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """Two garments of different classes side by side: pictures (N, 1, 28, 56), targets (N, 10) with two ones each."""
    other = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed)).to(images.device)
    differ = labels != labels[other]
    left, right = differ.nonzero()[:, 0], other[differ]
    targets = one_hot(labels[left], 10) + one_hot(labels[right], 10)
    return torch.cat([images[left], images[right]], 3), targets


# ---- all of them -----------------------------------------------------------------------------------------------------


def train(settings: Settings, train_set: list[Tensor], held_out: list[Tensor]) -> tuple[nn.Module, dict, dict]:
    """Fit the model that `settings.name` says; return it, its curves (empty for closed forms) and what was chosen."""
    name, curves, choice = settings.name, {"train": [], "held_out": []}, {}
    if name == "pca":
        network = PCA(settings.latent_dim).to(train_set[0].device).fit(train_set[0])
    elif name == "linear-denoiser":
        network = denoiser(settings, train_set[0])
    elif name == "least-squares-digits":
        network = regression(*train_set)
    elif name == "softmax-fashion-double":
        network, curves = descend(settings, *train_set, double_softmax_loss, held_out)
    elif name == "sigmoid-fashion-pairs":
        train_set, held_out = (pair(*part, settings.seed) for part in (train_set, held_out))
        network, curves = descend(settings, *train_set, multi_label_loss, held_out)
    else:
        best, start = None, None
        for penalty in tqdm(sorted(map(float, settings.penalties.split(",")), reverse=True), name, leave=False):
            start = optimum(*train_set, penalty, settings.iterations, start)
            score = float(cross_entropy(start(held_out[0]), held_out[1]).mean())
            curves["train"].append(float(cross_entropy(start(train_set[0]), train_set[1]).mean()))
            curves["held_out"].append(score)
            if best is None or score < best[0]:
                best = (score, penalty, start)
        choice, network = {"penalty": best[1]}, best[2]
    return network, curves, choice


@torch.no_grad()
def evaluate(network: nn.Module, settings: Settings, images: Tensor, labels: Tensor) -> dict:
    """The numbers of metrics.json on `images`, as the other scripts have them; noise is drawn with the seed."""
    network = network.float().to(images.device).eval()
    if isinstance(network, PCA):
        z = network.encode(images)
        logits = network.decode(z)
        by_width = {str(k): float(reconstruction_mse(network.decode(z[:, :k]), images)) for k in WIDTHS}
        plain = {str(k): float((network.mean + z[:, :k] @ network.components[:k] - images.flatten(1)).square().mean())
                 for k in WIDTHS}  # fmt: skip
        return {
            "mse": by_width[str(max(WIDTHS))],
            "bce": float(reconstruction_bce(logits, images)),
            "psnr": float(psnr(torch.sigmoid(logits), images).mean()),
            "mse_by_width": by_width,  # clipped to [0, 1], as one sees it
            "mse_by_width_unclipped": plain,  # the textbook's PCA
        }
    if isinstance(network, LinearDenoiser):
        result = {"psnr_by_noise": {}, "pooled_psnr_by_noise": {}}
        for strength in network.strengths:
            generator = torch.Generator(images.device).manual_seed(settings.seed)
            pictures = torch.sigmoid(network(add_gaussian_noise(images, strength, generator), strength))
            error = (pictures - images).square().mean()
            result["psnr_by_noise"][f"{strength:g}"] = float(psnr(pictures, images).mean())
            result["pooled_psnr_by_noise"][f"{strength:g}"] = float(-10 * error.log10())
            if strength == network.default:
                result |= {"mse": float(error), "psnr": float(psnr(pictures, images).mean())}
                result["ssim"] = float(ssim(pictures, images).mean())
        return result
    if settings.name == "sigmoid-fashion-pairs":
        pictures, targets = pair(images, labels, settings.seed)
        logits, both = network(pictures), targets.topk(2).indices.sort().values
        return {
            "cross_entropy": float(multi_label_loss(logits, targets)),  # summed over the ten yes-or-no questions
            "label_accuracy": float(((logits > 0) == (targets > 0)).float().mean()),
            "accuracy": float((logits.topk(2).indices.sort().values == both).all(1).float().mean()),  # both right
        }
    logits = network(images)
    result = {
        "accuracy": float((logits.argmax(1) == labels).float().mean()),
        "cross_entropy": float(cross_entropy(logits, labels).mean()),
    }
    if settings.name == "softmax-fashion-double":
        result["double_loss"] = float(double_softmax_loss(logits, labels))
    if settings.name == "least-squares-digits":
        outputs = logits  # read as they stand: regression was to give one-hot labels
        result |= {
            "squared_error": float((outputs - one_hot(labels, 10)).square().sum(1).mean()),
            "share_outside_0_1": float(((outputs < 0) | (outputs > 1)).float().mean()),
            "smallest_output": float(outputs.min()),
            "largest_output": float(outputs.max()),
        }
    return result


def main(argv: Sequence[str] | None = None) -> None:
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv and not argv[0].startswith("-"):
        argv = ["--out", argv[0], *argv[1:]]  # the name is what one chooses here
    settings, chosen = options.parse(Settings, argv, __doc__)
    if settings.name not in KINDS:
        sys.exit(f"{settings.name!r} is not one of {', '.join(KINDS)}")
    settings.dataset = KINDS[settings.name]
    if chosen.smoke:
        settings.epochs, settings.iterations, settings.strengths = 1, 5, "0.3"
    train_set, held_out, test = options.data_sets(settings.dataset, chosen, "train", "held-out", "test")
    with runs.start(settings.name, settings, resume=chosen.resume, smoke=chosen.smoke) as run:
        network, curves, choice = train(settings, train_set, held_out)
        numbers = evaluate(record.as_stored(network), settings, *test)
        print(f"{settings.name} on the test set: {record.summary(numbers)}", flush=True)
        metrics = record.metrics(network, settings, "training.train_linear", numbers, curves, chosen)
        metrics |= {"choice": choice, "command": f"python -m training.train_linear {settings.name}"}
        folder = run.finish(network, metrics, half=True)
        if isinstance(network, PCA):
            record.keep_codes(folder, network, *test)


if __name__ == "__main__":
    main()
