"""A training of a second on made data, written as the real scripts are: what the kill tests kill.

WEIGHTS_DIR=/tmp/weights python -m tests.training.tiny [--resume]
"""

import sys
import time

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training.models.autoencoder import ConvAutoencoder, reconstruction_mse
from training.run import runs
from training.store import checkpoints

NAME, EPOCHS = "tiny", 10


def train(resume: bool = False, pause: float = 0.0, seed: int = 0) -> None:
    """Train and save weights/tiny; every kind of state there is takes part. `pause`: seconds of idling an epoch."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(64, 1, 28, 28, generator=generator)
    network = ConvAutoencoder(latent_dim=2)
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(0.9))
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=2 * EPOCHS)
    curves = {"train": []}
    state = {"network": network, "averaged": averaged, "optimizer": optimizer, "schedule": schedule}
    state |= {"generator": generator, "curves": curves}
    with runs.start(NAME, {"seed": seed}, resume) as run:
        for epoch in range(run.restore(**state), EPOCHS):
            for step, batch in enumerate(torch.randperm(64, generator=generator).split(32)):
                noisy = images[batch] + 0.1 * torch.randn(32, 1, 28, 28)  # from torch's global generator
                loss = reconstruction_mse(network(noisy), images[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                averaged.update_parameters(network)
                run.check(loss, 2 * epoch + step)
            curves["train"].append(loss.item())
            run.keep(epoch + 1, **state)
            print(epoch + 1, flush=True)
            time.sleep(pause)
        run.finish(averaged.module, {"dataset": "made", "test": {"mse": curves["train"][-1]}, "curves": curves})


def outputs(name: str = NAME) -> torch.Tensor:
    """What weights/<name> makes of a few codes."""
    network = checkpoints.load(name)
    return network.decode(torch.linspace(-1, 1, 3)[:, None].expand(3, network.latent_dim))


if __name__ == "__main__":
    train("--resume" in sys.argv, pause=0.2)
