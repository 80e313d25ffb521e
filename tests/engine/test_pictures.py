import numpy as np
from PIL import Image

from ganzoo.engine.pictures import FRAMES, evenly, save_animation


def test_the_first_and_the_last_are_among_an_even_choice():
    assert evenly(range(7), 60) == list(range(7))
    assert evenly(range(101), 5) == [0, 25, 50, 75, 100]
    assert evenly([3], 60) == [3]
    assert evenly([], 60) == []


def test_an_animation_shows_at_most_sixty_frames_in_order(tmp_path):
    frames = [Image.new("L", (100, 40), 0) for _ in range(100)]
    for number, frame in enumerate(frames):
        frame.paste(255, (0, 0, number + 1, 40))  # a bar that grows by a pixel a frame
    path = save_animation(frames, tmp_path / "a.webp", 50)
    with Image.open(path) as animation:
        assert animation.n_frames == FRAMES
        widths = []
        for frame in range(FRAMES):
            animation.seek(frame)
            widths.append(int((np.asarray(animation.convert("L"))[20] > 127).sum()))
    assert widths == evenly(range(1, 101), FRAMES)


def test_an_animation_gives_way_to_a_limit(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (6, 200, 200), dtype=np.uint8)
    frames = [Image.fromarray(level) for level in noise]
    free = save_animation(frames, tmp_path / "free.webp", 50)
    bounded = save_animation(frames, tmp_path / "bounded.webp", 50, limit=60_000)
    assert bounded.stat().st_size <= 60_000 < free.stat().st_size
    with Image.open(bounded) as animation:
        assert animation.n_frames == 6
