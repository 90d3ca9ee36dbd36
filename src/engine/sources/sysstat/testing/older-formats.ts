/**
 * What sadf -j prints in other versions than the installed one, after json_stats.c and sadf_misc.c of their releases:
 * one record each, of a host with one core and one disk.
 */

/** CentOS 7 and XCP-ng 8: no available or dirty memory, devices by number, a first record without sense. */
export const version10 = `{"sysstat": {
	"sysdata-version": 2.15,
	"hosts": [
		{
			"nodename": "dom0",
			"sysname": "Linux",
			"release": "4.19.0+1",
			"machine": "x86_64",
			"number-of-cpus": 1,
			"file-date": "2026-03-01",
			"statistics": [
				{
					"timestamp": {"date": "2026-03-01", "time": "00:00:01", "utc": 1, "interval": 184467440737095516},
					"queue": {"runq-sz": 0, "plist-sz": 300, "ldavg-1": 9.99, "ldavg-5": 9.99, "ldavg-15": 9.99, "blocked": 0}
				},
				{
					"timestamp": {"date": "2026-03-01", "time": "00:10:01", "utc": 1, "interval": 600},
					"cpu-load-all": [
						{"cpu": "all", "usr": 10.00, "nice": 1.00, "sys": 5.00, "iowait": 2.00, "steal": 3.00, "irq": 0.50, "soft": 0.25, "guest": 4.00, "idle": 74.25},
						{"cpu": "0", "usr": 10.00, "nice": 1.00, "sys": 5.00, "iowait": 2.00, "steal": 3.00, "irq": 0.50, "soft": 0.25, "guest": 4.00, "idle": 74.25},
						{"cpu": "1", "usr": 0.00, "nice": 0.00, "sys": 0.00, "iowait": 0.00, "steal": 0.00, "irq": 0.00, "soft": 0.00, "guest": 0.00, "idle": 0.00}
					],
					"process-and-context-switch": {"proc": 2.50, "cswch": 700.00},
					"interrupts": [
						{"intr": "sum", "value": 321.00}
					],
					"swap-pages": {"pswpin": 1.00, "pswpout": 0.50},
					"paging": {"pgpgin": 44.00, "pgpgout": 1340.00, "fault": 50042.00, "majflt": 0.25, "pgfree": 14053.00, "pgscank": 0.00, "pgscand": 0.00, "pgsteal": 0.00, "vmeff-percent": 0.00},
					"memory": {"memfree": 1000000, "memused": 3000000, "memused-percent": 75.00, "buffers": 50000, "cached": 900000, "commit": 2000000, "commit-percent": 40.00, "active": 1, "inactive": 1, "swpfree": 600, "swpused": 400, "swpused-percent": 40.00, "swpcad": 0, "swpcad-percent": 0.00},
					"queue": {"runq-sz": 2, "plist-sz": 300, "ldavg-1": 0.50, "ldavg-5": 0.40, "ldavg-15": 0.30, "blocked": 1},
					"disk": [
						{"disk-device": "dev8-0", "tps": 3.00, "rd_sec": 8.00, "wr_sec": 16.00, "avgrq-sz": 8.00, "avgqu-sz": 0.75, "await": 0.50, "svctm": 0.10, "util-percent": 12.50},
						{"disk-device": "dev253-0", "tps": 3.00, "rd_sec": 8.00, "wr_sec": 16.00, "avgrq-sz": 8.00, "avgqu-sz": 0.75, "await": 0.50, "svctm": 0.10, "util-percent": 12.50},
						{"disk-device": "dev7-7", "tps": 3.00, "rd_sec": 8.00, "wr_sec": 16.00, "avgrq-sz": 8.00, "avgqu-sz": 0.75, "await": 0.50, "svctm": 0.10, "util-percent": -nan}
					],
					"network": {
						"net-dev": [
							{"iface": "eth0", "rxpck": 10.00, "txpck": 20.00, "rxkB": 1.50, "txkB": 2.50, "rxcmp": 0.00, "txcmp": 0.00, "rxmcst": 0.00},
							{"iface": "xenbr0", "rxpck": 10.00, "txpck": 20.00, "rxkB": 1.50, "txkB": 2.50, "rxcmp": 0.00, "txcmp": 0.00, "rxmcst": 0.00},
							{"iface": "vif1.0", "rxpck": 10.00, "txpck": 20.00, "rxkB": 1.50, "txkB": 2.50, "rxcmp": 0.00, "txcmp": 0.00, "rxmcst": 0.00}
						],
						"net-edev": [
							{"iface": "eth0", "rxerr": 1.00, "txerr": 2.00, "coll": 0.00, "rxdrop": 3.00, "txdrop": 4.00, "txcarr": 0.00, "rxfram": 0.00, "rxfifo": 0.00, "txfifo": 0.00}
						]
					}
				}
			],
			"restarts": [
				{
					"boot": {"date": "2026-03-01", "time": "00:05:00", "utc": 1}
				}
			]
		}
	]
}}
`

/** RHEL 8 (11.7): "-u ALL" under the plain name, sectors beside kilobytes, used memory without caches. */
export const version11 = `{"sysstat": {
	"hosts": [
		{
			"nodename": "el8",
			"file-date": "2026-03-01",
			"file-utc-time": "00:00:02",
			"statistics": [
				{
					"timestamp": {"date": "2026-03-01", "time": "00:10:01", "utc": 1, "interval": 599},
					"cpu-load": [
						{"cpu": "all", "usr": 10.00, "nice": 1.00, "sys": 5.00, "iowait": 2.00, "steal": 3.00, "irq": 0.50, "soft": 0.25, "guest": 4.00, "gnice": 0.25, "idle": 74.00}
					],
					"memory": {"memfree": 1000000, "avail": 2500000, "memused": 2000000, "memused-percent": 50.00, "buffers": 50000, "cached": 900000, "commit": 2000000, "commit-percent": 40.00, "active": 1, "inactive": 1, "dirty": 12, "anonpg": 1, "slab": 50000, "kstack": 1, "pgtbl": 1, "vmused": 1},
					"disk": [
						{"disk-device": "dev8-0", "tps": 3.00, "rd_sec": 8.00, "wr_sec": 16.00, "rkB": 4.00, "wkB": 8.00, "avgrq-sz": 8.00, "areq-sz": 4.00, "avgqu-sz": 0.75, "aqu-sz": 0.75, "await": 0.50, "svctm": 0.10, "util-percent": 12.50}
					]
				}
			],
			"restarts": [
			]
		}
	]
}}
`

/** Newer than 12.6: a time zone by name, disks in kilobytes only. */
export const version127 = `{"sysstat": {
	"hosts": [
		{
			"nodename": "new",
			"file-date": "2026-03-01",
			"file-utc-time": "00:00:02",
			"timezone": "CET",
			"statistics": [
				{
					"timestamp": {"date": "2026-03-01", "time": "00:10:01", "tz": "UTC", "interval": 600},
					"cpu-load": [
						{"cpu": "all", "usr": 10.00, "nice": 1.00, "sys": 5.00, "iowait": 2.00, "steal": 3.00, "irq": 0.50, "soft": 0.25, "guest": 4.00, "gnice": 0.25, "idle": 74.00}
					],
					"disk": [
						{"disk-device": "nvme0n1", "tps": 3.00, "rkB": 4.00, "wkB": 8.00, "dkB": 1.00, "areq-sz": 4.00, "aqu-sz": 0.75, "await": 0.50, "util-percent": 12.50},
						{"disk-device": "nvme0n1p1", "tps": 3.00, "rkB": 4.00, "wkB": 8.00, "dkB": 1.00, "areq-sz": 4.00, "aqu-sz": 0.75, "await": 0.50, "util-percent": 12.50}
					],
					"psi": {
						"psi-cpu": {"some_avg10": 0.10, "some_avg60": 0.20, "some_avg300": 0.30, "some_avg": 1.50},
						"psi-io": {"some_avg10": 0.42, "some_avg60": 0.60, "some_avg300": 0.65, "some_avg": 2.50, "full_avg10": 0.00, "full_avg60": 0.00, "full_avg300": 0.00, "full_avg": 0.50},
						"psi-mem": {"some_avg10": 0.00, "some_avg60": 0.00, "some_avg300": 0.00, "some_avg": 3.50, "full_avg10": 0.00, "full_avg60": 0.00, "full_avg300": 0.00, "full_avg": 0.75}
					}
				}
			],
			"restarts": [
				{
					"boot": {"date": "2026-03-01", "time": "00:05:00", "tz": "UTC", "cpu_count": 1}
				}
			]
		}
	]
}}
`
