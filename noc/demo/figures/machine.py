"""Servers as node_exporter shows them: two application hosts and the database's."""

from __future__ import annotations

import numpy as np

from noc.demo.figures.site import Site
from noc.demo.flows import Block, Effects, Flow, Meters, Mixture, Moments, Row
from noc.demo.levels import Level, Levels, Plain, constants
from noc.demo.samples import Floats
from noc.demo.traffic import DAY

_CPUS = 4
_GIB = 2.0**30
_MODES = {  # busy share of a CPU by mode, on an application host and on the database's
    "user": (0.20, 0.16),
    "system": (0.055, 0.05),
    "iowait": (0.006, 0.035),
    "softirq": (0.011, 0.008),
    "irq": (0.0, 0.0),
    "nice": (0.0008, 0.0002),
    "steal": (0.003, 0.002),
}
_PUSHED = {"user": 0.72, "system": 0.18, "iowait": 0.10}  # where an incident's load goes
_DISKS = {"vda": ("/dev/vda1", "ext4", "/"), "vdb": ("/dev/vdb1", "xfs", "/srv")}


def blocks(site: Site) -> list[Block]:
    """All node_* series of one host."""
    database = site.host.startswith("db")
    busy = site.push("db.busy" if database else "api.busy")
    memory = (32.0 if database else 8.0) * _GIB
    return [
        Processors(site, database, busy),
        Levels(site.shapes, site.key, _levels(database, busy)),
        Memory(site, memory, database),
        Meters(site.shapes, site.key + " meters", _meters(database, busy), 1.0),
        Meters(site.shapes, site.key + " seconds", _seconds(database, busy), 0.001),
        _filesystems(site, database),
        _identity(site),
        constants({"node_memory_MemTotal_bytes": memory, "node_memory_SwapTotal_bytes": 2 * _GIB}),
        constants({"node_filefd_maximum": 9223372036854775807.0}),
    ]


class Processors:
    """CPU seconds by mode; idle is what the others leave, so a CPU's modes add up to its time."""

    def __init__(self, site: Site, database: bool, busy: Effects) -> None:
        flows = [
            Flow(share[database], gust=0.25, effects=_part(busy, _PUSHED.get(mode, 0.0) / _CPUS))
            for _ in range(_CPUS)
            for mode, share in _MODES.items()
        ]
        self._mixture = Mixture(site.shapes, site.key + " cpu", flows)
        name, modes = "node_cpu_seconds_total", [*_MODES, "idle"]
        self.rows = [(name, {"cpu": str(cpu), "mode": mode}) for cpu in range(_CPUS) for mode in modes]

    def at(self, moments: Moments) -> Floats:
        seconds = self._mixture.grown(moments).reshape(_CPUS, len(_MODES), -1)
        idle = (moments.times - moments.since) - seconds.sum(axis=1, keepdims=True)
        all_modes = np.concatenate([seconds, idle], axis=1).reshape(len(self.rows), -1)
        return np.asarray(np.round(np.floor(all_modes * 100) / 100, 2))


class Memory:
    """Memory in whole pages; what is available is nearly all that is free or can be reclaimed."""

    _PARTS = ("MemFree", "Buffers", "Cached", "SReclaimable", "SwapFree")

    def __init__(self, site: Site, total: float, database: bool) -> None:
        free, cached = (0.07, 0.22) if database else (0.14, 0.34)
        shares = {
            "MemFree": Level(total * free, -total * 0.03, total * 0.03, low=total * 0.01, quantum=4096),
            "Buffers": Level(total * 0.02, 0.0, total * 0.003, quantum=4096),
            "Cached": Level(total * cached, -total * 0.02, total * 0.02, quantum=4096),
            "SReclaimable": Level(total * 0.03, 0.0, total * 0.004, quantum=4096),
            "SwapFree": Level(1.94 * _GIB, -0.01 * _GIB, 0.01 * _GIB, high=2 * _GIB, quantum=4096),
        }
        rows: list[tuple[Row, Level]] = [((f"node_memory_{part}_bytes", {}), shares[part]) for part in self._PARTS]
        self._levels = Levels(site.shapes, site.key + " memory", rows)
        self.rows = [*self._levels.rows, ("node_memory_MemAvailable_bytes", {})]

    def at(self, moments: Moments) -> Floats:
        parts = self._levels.at(moments)
        available = parts[0] + 0.94 * parts[1:4].sum(axis=0)
        return np.vstack([parts, np.floor(available / 4096) * 4096])


def _part(effects: Effects, factor: float) -> Effects:
    return tuple((train, amount * factor) for train, amount in effects)


def _levels(database: bool, busy: Effects) -> list[tuple[Row, Level]]:
    """Loads, processes, descriptors, connections, temperatures."""
    load = 1.05
    figures = {
        "node_load1": Level(load, 0.75, 0.6, _part(busy, 1.25), low=0.02, quantum=0.01),
        "node_load5": Level(load, 0.75, 0.3, _part(busy, 1.1), low=0.05, quantum=0.01),
        "node_load15": Level(load, 0.75, 0.15, _part(busy, 0.9), low=0.05, quantum=0.01),
        "node_procs_running": Level(2.2, 1.0, 2.0, _part(busy, 2.0), low=1.0),
        "node_procs_blocked": Level(0.1, 0.1, 0.8 if database else 0.5, _part(busy, 0.5)),
        "node_filefd_allocated": Level(2960, 520, 160, _part(busy, 320), quantum=32),
        "node_netstat_Tcp_CurrEstab": Level(118, 44, 12, _part(busy, 34)),
    }
    rows: list[tuple[Row, Level]] = [((name, {}), level) for name, level in figures.items()]
    for sensor, warmth in (("temp1", 47.0), ("temp2", 44.0)):
        labels = {"chip": "platform_coretemp_0", "sensor": sensor}
        rows.append((("node_hwmon_temp_celsius", labels), Level(warmth, 5.0, 2.0, _part(busy, 5.0))))
    return rows


def _meters(database: bool, busy: Effects) -> list[tuple[Row, Flow]]:
    """Bytes and counts since the boot."""
    scale = 1.6 if database else 1.0
    rows: list[tuple[Row, Flow]] = []
    for disk, (read, written) in {"vda": (2.4e4, 1.9e5), "vdb": (9e5, 1.7e6) if database else (6e4, 3.1e5)}.items():
        device = {"device": disk}
        rows.append((("node_disk_read_bytes_total", device), Flow(read, gust=0.5, effects=_part(busy, read))))
        rows.append(
            (("node_disk_written_bytes_total", device), Flow(written, gust=0.4, effects=_part(busy, written / 2)))
        )
    for nic, (received, sent) in {"eth0": (8.2e5, 2.9e6), "lo": (2.1e5, 2.1e5)}.items():
        device = {"device": nic}
        more = _part(busy, received * 0.5)
        rows.append((("node_network_receive_bytes_total", device), Flow(received * scale, gust=0.25, effects=more)))
        rows.append((("node_network_transmit_bytes_total", device), Flow(sent * scale, gust=0.25)))
    rows.append((("node_context_switches_total", {}), Flow(9400 * scale, gust=0.2, effects=_part(busy, 5200))))
    rows.append((("node_intr_total", {}), Flow(5100 * scale, gust=0.2, effects=_part(busy, 2600))))
    return rows


def _seconds(database: bool, busy: Effects) -> list[tuple[Row, Flow]]:
    """Seconds of disk activity and of pressure since the boot."""
    rows: list[tuple[Row, Flow]] = []
    for disk, share in {"vda": 0.011, "vdb": 0.09 if database else 0.02}.items():
        rows.append(
            (("node_disk_io_time_seconds_total", {"device": disk}), Flow(share, gust=0.4, effects=_part(busy, share)))
        )
    for kind, share in {"cpu": 0.012, "io": 0.02 if database else 0.004, "memory": 0.0004}.items():
        name = f"node_pressure_{kind}_waiting_seconds_total"
        rows.append(((name, {}), Flow(share, gust=0.5, effects=_part(busy, 4 * share))))
    return rows


def _filesystems(site: Site, database: bool) -> Plain:
    """The root is emptied by a weekly rotation of logs; the data volume fills by a gigabyte in three days."""
    sizes = {"vda": 40e9, "vdb": 400e9 if database else 100e9}
    labels = {disk: {"device": dev, "fstype": kind, "mountpoint": point} for disk, (dev, kind, point) in _DISKS.items()}
    rows: list[Row] = [("node_filesystem_size_bytes", labels[disk]) for disk in sizes]
    rows += [("node_filesystem_avail_bytes", labels[disk]) for disk in sizes]
    zero = site.zero

    def figures(moments: Moments) -> list[Floats | float]:
        days = (moments.times - zero) / DAY
        root = sizes["vda"] * 0.57 - 0.42e9 * ((days + 2.3) % 7.0)
        data = sizes["vdb"] * (0.46 if database else 0.71) - 0.34e9 * days
        return [*sizes.values(), *(np.floor(free / 4096) * 4096 for free in (root, np.maximum(data, 0.0)))]

    return Plain(rows, figures)


def _identity(site: Site) -> Plain:
    """Boot time, and the system's names."""
    names = {label: values.values[0] for label, values in site.contract.series["node_uname_info"].labels.items()}
    rows: list[Row] = [("node_boot_time_seconds", {}), ("node_uname_info", {**names, "nodename": site.host})]
    return Plain(rows, lambda moments: [np.floor(moments.since), 1.0])
