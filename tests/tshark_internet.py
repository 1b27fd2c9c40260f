"""tshark's names for the fields of the internet layer; `tshark_table` tells how to read them."""

PARTS = "- compared part by part"
DISSECTED = "- tshark dissects what is in it"

IPV4_OPTION = {"kind": "ip.opt.type", "length": "ip.opt.len"}
ROUTE = IPV4_OPTION | {
    "pointer": "ip.opt.ptr", "route": PARTS,
    "route.address": "ip.rec_rt ip.empty_rt ip.src_rt ip.dst ip.cur_rt",
}  # fmt: skip
STAMPS = IPV4_OPTION | {
    "pointer": "ip.opt.ptr", "overflow": "ip.opt.overflow", "flag": "ip.opt.flag",
}  # fmt: skip
IPV6_OPTION = {"kind": "ipv6.opt.type", "length": "ipv6.opt.length"}
ROUTING = {
    "next_header": "ipv6.routing.nxt", "length": "ipv6.routing.len",
    "routing_type": "ipv6.routing.type", "segments_left": "ipv6.routing.segleft",
}  # fmt: skip
PING = {
    "identifier": "icmp.ident icmpv6.echo.identifier",
    "sequence": "icmp.seq icmpv6.echo.sequence_number",
}  # fmt: skip
ICMP_OBJECT = {
    "length": "icmp.ext.length", "object_class": "icmp.ext.class", "c_type": "icmp.ext.ctype",
}  # fmt: skip
RESERVED = "- shown without its value"
QUOTED_LENGTH = "icmp.length ~icmp.unused"
ND_OPTION = {"kind": "icmpv6.opt.type", "length": "icmpv6.opt.length"}
QUERY = {
    "suppress": "icmpv6.mld.flag.s", "robustness": "icmpv6.mld.flag.qrv",
    "interval": "=icmpv6.mld.qqi", "number_of_sources": "icmpv6.mld.nb_sources", "sources": PARTS,
    "sources.source": "icmpv6.mld.source_address",
}  # fmt: skip

GRE = {
    "checksum_present": "gre.flags.checksum", "routing_present": "gre.flags.routing",
    "key_present": "gre.flags.key", "sequence_present": "gre.flags.sequence_number",
    "strict_source_route": "gre.flags.strict_source_route",
    "recursion": "gre.flags.recursion_control", "version": "gre.flags.version@1",
    "protocol": "gre.proto", "sequence": "gre.sequence_number",
}  # fmt: skip

INTERNET: dict[str, dict[str, str]] = {
    "IPv4": {
        "version": "ip.version", "ihl": "ip.hdr_len/4", "dscp": "ip.dsfield.dscp",
        "ecn": "ip.dsfield.ecn", "total_length": "=ip.len", "identification": "ip.id",
        "flags": "ip.flags", "fragment_offset": "ip.frag_offset", "ttl": "ip.ttl",
        "protocol": "ip.proto", "checksum": "ip.checksum", "src": "ip.src",
        "dst": "ip.dst ip.cur_rt", "options": PARTS,
    },
    "Malformed": {"octets": DISSECTED},
    "EndOfOptions": {"kind": "ip.opt.type", "padding": "- not shown"},
    "NoOperation": {"kind": "ip.opt.type"},
    "RecordRoute": ROUTE, "LooseSourceRoute": ROUTE, "StrictSourceRoute": ROUTE,
    "Timestamp": STAMPS | {"timestamps": PARTS, "timestamps.timestamp": "ip.opt.time_stamp"},
    "AddressTimestamps": STAMPS | {"entries": PARTS},
    "AddressAndTime": {"address": "ip.opt.time_stamp_addr", "time": "ip.opt.time_stamp"},
    "Security": IPV4_OPTION | {
        "level": "ip.opt.sec_cl ~ip.opt.sec_rfc791_sec",
        "authorities": "- by the option's age",
    },
    "StreamIdentifier": IPV4_OPTION | {"identifier": "ip.opt.sid"},
    "RouterAlert": IPV4_OPTION | {"value": "ip.opt.ra"},
    "UnknownIPv4Option": {
        "kind": "?ip.opt.type", "length": "?ip.opt.len",
        "data": "- tshark knows some of these options",
    },
    "IPv6": {
        "version": "ipv6.version", "traffic_class": "ipv6.tclass", "flow_label": "ipv6.flow",
        "payload_length": "=ipv6.plen", "next_header": "ipv6.nxt", "hop_limit": "ipv6.hlim",
        "src": "ipv6.src", "dst": "ipv6.dst",
    },
    "HopByHop": {
        "next_header": "ipv6.hopopts.nxt", "length": "ipv6.hopopts.len", "options": PARTS,
    },
    "DestinationOptions": {
        "next_header": "ipv6.dstopts.nxt", "length": "ipv6.dstopts.len", "options": PARTS,
    },
    "Pad1": {"kind": "ipv6.opt.type"},
    "PadN": IPV6_OPTION | {"padding": "ipv6.opt.padn"},
    "TunnelEncapsulationLimit": IPV6_OPTION | {"limit": "ipv6.opt.tel"},
    "RouterAlert6": IPV6_OPTION | {"value": "ipv6.opt.router_alert"},
    "JumboPayload": IPV6_OPTION | {"payload_length": "ipv6.opt.jumbo"},
    "HomeAddress": IPV6_OPTION | {"address": "ipv6.opt.mipv6.home_address"},
    "UnknownIPv6Option": IPV6_OPTION | {
        "data": "?ipv6.opt.unknown ?ipv6.opt.experimental",
    },
    "SourceRoute": ROUTING | {
        "reserved": "ipv6.routing.src.reserved", "addresses": PARTS,
        "addresses.address": "ipv6.routing.src.addr",
    },
    "MobileRouting": ROUTING | {
        "reserved": "ipv6.routing.mipv6.reserved",
        "home_address": "ipv6.routing.mipv6.home_address",
    },
    "RPLRouting": ROUTING | {
        "shortened": "ipv6.routing.rpl.cmprI", "last_shortened": "ipv6.routing.rpl.cmprE",
        "pad": "ipv6.routing.rpl.pad@1", "reserved": "ipv6.routing.rpl.reserved@1",
        "addresses": "- tshark fills the addresses up",
    },
    "SegmentRouting": ROUTING | {
        "last_entry": "ipv6.routing.srh.last_entry", "flags": "ipv6.routing.srh.flags",
        "tag": "ipv6.routing.srh.tag", "segments": PARTS,
        "segments.segment": "ipv6.routing.srh.addr", "tlvs": "- not shown",
    },
    "UnknownRouting": ROUTING | {"data": "?ipv6.routing.unknown_data"},
    "Fragment": {
        "next_header": "ipv6.fraghdr.nxt", "reserved": "ipv6.fraghdr.reserved_octet",
        "fragment_offset": "ipv6.fraghdr.offset", "reserved_bits": "ipv6.fraghdr.reserved_bits@1",
        "more_fragments": "ipv6.fraghdr.more@1", "identification": "ipv6.fraghdr.ident",
    },
    "GRE": GRE | {
        "reserved": "gre.flags.reserved@1", "checksum": "gre.checksum",
        "offset_of_route": "gre.offset", "key": "gre.key",
    },
    "EnhancedGRE": GRE | {
        "acknowledgement_present": "gre.flags.ack@1", "flags": "gre.flags.reserved@1",
        "payload_length": "gre.key.payload_length", "call_id": "gre.key.call_id",
        "acknowledgement": "gre.ack_number",
    },
    "AH": {
        "next_header": "ah.next_header", "length": "=ah.length", "reserved": "ah.reserved",
        "spi": "ah.spi", "sequence": "ah.sequence", "icv": "ah.icv",
    },
    "ESP": {"spi": "esp.spi", "sequence": "esp.sequence"},
    "ICMP": {"type": "icmp.type", "code": "icmp.code", "checksum": "icmp.checksum"},
    "ICMPEcho": PING,
    "ICMPTimestamp": PING | {
        "originate": "icmp.originate_timestamp", "receive": "icmp.receive_timestamp",
        "transmit": "icmp.transmit_timestamp",
    },
    "ICMPAddressMask": PING | {"mask": "icmp.address_mask"},
    "ICMPSourceQuench": {"unused": "- not shown"},
    "ICMPRouterSolicitation": {"reserved": "- not shown"},
    "ICMPRouterAdvertisement": {
        "number_of_addresses": "icmp.num_addrs", "entry_size": "icmp.addr_entry_size",
        "lifetime": "=icmp.lifetime", "routers": PARTS,
    },
    "RouterEntry": {"address": "icmp.router_address", "preference": "icmp.pref_level"},
    "ICMPUnreachable": {
        "unused": "~icmp.unused", "length": QUOTED_LENGTH, "next_hop_mtu": "icmp.mtu ~icmp.unused",
    },
    "ICMPTimeExceeded": {
        "unused": "~icmp.unused", "length": QUOTED_LENGTH, "reserved": "~icmp.unused",
    },
    "ICMPRedirect": {"gateway": "icmp.redir_gw"},
    "ICMPParameterProblem": {
        "pointer": "icmp.pointer", "length": QUOTED_LENGTH, "unused": "~icmp.unused",
    },
    "ICMPExtensions": {
        "version": "icmp.ext.version", "reserved": "icmp.ext.res", "checksum": "icmp.ext.checksum",
        "objects": PARTS,
    },
    "MPLSLabels": ICMP_OBJECT | {"labels": PARTS},
    "UnknownICMPObject": ICMP_OBJECT | {"data": "?icmp.ext.data"},
    "ICMPv6": {"type": "icmpv6.type", "code": "icmpv6.code", "checksum": "icmpv6.checksum"},
    "ICMPv6Unreachable": {
        "length": "icmpv6.length ~icmpv6.reserved", "unused": "~icmpv6.reserved",
    },
    "ICMPv6PacketTooBig": {"mtu": "icmpv6.mtu"},
    "ICMPv6TimeExceeded": {
        "length": "icmpv6.length ~icmpv6.reserved", "unused": "~icmpv6.reserved",
    },
    "ICMPv6ParameterProblem": {"pointer": "icmpv6.pointer"},
    "RouterSolicitation": {"reserved": "icmpv6.reserved", "options": PARTS},
    "RouterAdvertisement": {
        "hop_limit": "icmpv6.nd.ra.cur_hop_limit", "managed": "icmpv6.nd.ra.flag.m",
        "other": "icmpv6.nd.ra.flag.o", "home_agent": "icmpv6.nd.ra.flag.h",
        "preference": "icmpv6.nd.ra.flag.prf", "proxy": "icmpv6.nd.ra.flag.p",
        "reserved": "icmpv6.nd.ra.flag.rsv", "router_lifetime": "icmpv6.nd.ra.router_lifetime",
        "reachable_time": "icmpv6.nd.ra.reachable_time",
        "retransmission_timer": "icmpv6.nd.ra.retrans_timer", "options": PARTS,
    },
    "NeighbourSolicitation": {
        "reserved": "icmpv6.reserved", "target": "icmpv6.nd.ns.target_address", "options": PARTS,
    },
    "NeighbourAdvertisement": {
        "router": "icmpv6.nd.na.flag.r", "solicited": "icmpv6.nd.na.flag.s",
        "override": "icmpv6.nd.na.flag.o", "reserved": "icmpv6.nd.na.flag.rsv",
        "target": "icmpv6.nd.na.target_address", "options": PARTS,
    },
    "Redirect": {
        "reserved": "icmpv6.reserved", "target": "icmpv6.nd.rd.target_address",
        "destination": "icmpv6.rd.na.destination_address", "options": PARTS,
    },
    "SourceLinkLayerAddress": ND_OPTION | {"address": "icmpv6.opt.linkaddr"},
    "TargetLinkLayerAddress": ND_OPTION | {"address": "icmpv6.opt.linkaddr"},
    "PrefixInformation": ND_OPTION | {
        "prefix_length": "icmpv6.opt.prefix.length", "on_link": "icmpv6.opt.prefix.flag.l",
        "autonomous": "icmpv6.opt.prefix.flag.a", "router_address": "icmpv6.opt.prefix.flag.r",
        "reserved_bits": "icmpv6.opt.prefix.flag.reserved",
        "valid_lifetime": "=icmpv6.opt.prefix.valid_lifetime",
        "preferred_lifetime": "=icmpv6.opt.prefix.preferred_lifetime",
        "reserved": RESERVED, "prefix": "icmpv6.opt.prefix",
    },
    "RedirectedHeader": ND_OPTION | {
        "reserved": RESERVED, "packet": DISSECTED,
    },
    "MTU": ND_OPTION | {"reserved": RESERVED, "mtu": "icmpv6.opt.mtu"},
    "Nonce": ND_OPTION | {"nonce": "icmpv6.opt.nonce"},
    "RouteInformation": ND_OPTION | {
        "prefix_length": "icmpv6.opt.prefix.length",
        "reserved": "icmpv6.opt.route_info.flag.reserved",
        "preference": "icmpv6.opt.route_info.flag.route_preference",
        "reserved_bits": "icmpv6.opt.route_info.flag.reserved",
        "lifetime": "=icmpv6.opt.route_lifetime", "prefix": "- filled up by tshark",
    },
    "RDNSS": ND_OPTION | {
        "reserved": RESERVED, "lifetime": "=icmpv6.opt.rdnss.lifetime",
        "servers": PARTS, "servers.server": "icmpv6.opt.rdnss",
    },
    "DNSSL": ND_OPTION | {
        "reserved": RESERVED, "lifetime": "=icmpv6.opt.dnssl.lifetime",
        "names": PARTS,
    },
    "SearchName": {"name": "icmpv6.opt.dnssl"},
    "Zeros": {"zeros": "- not shown"},
    "CaptivePortal": ND_OPTION | {"uri": "=icmpv6.opt.captive_portal"},
    "UnknownNDOption": ND_OPTION | {"data": "- tshark knows some of these options"},
    "MLD": {
        "max_response_delay": "icmpv6.mld.maximum_response_delay", "reserved": "icmpv6.reserved",
        "group": "icmpv6.mld.multicast_address",
    },
    "MLDv2Query": QUERY | {
        "max_response_code": "=icmpv6.mld.maximum_response_code", "reserved": "icmpv6.reserved",
        "group": "icmpv6.mld.multicast_address", "reserved_bits": "icmpv6.mld.flag.reserved",
    },
    "MLDv2Report": {
        "reserved": "icmpv6.reserved", "number_of_records": "icmpv6.mldr.nb_mcast_records",
        "records": PARTS,
    },
    "MLDRecord": {
        "type": "icmpv6.mldr.mar.record_type", "auxiliary_length": "icmpv6.mldr.mar.aux_data_len",
        "number_of_sources": "icmpv6.mldr.mar.nb_sources",
        "group": "icmpv6.mldr.mar.multicast_address", "sources": PARTS,
        "sources.source": "icmpv6.mldr.mar.source_address",
        "auxiliary": "icmpv6.mldr.mar.auxiliary_data",
    },
    "IGMP": {
        "type": "igmp.type dvmrp.type pim.type", "max_response": "?=igmp.max_resp ?=igmp.reserved",
        "checksum": "?igmp.checksum",
    },
    "IGMPGroup": {"group": "igmp.maddr"},
    "IGMPv3Query": {
        "group": "igmp.maddr", "reserved": "- not shown", "suppress": "igmp.s",
        "robustness": "igmp.qrv", "interval": "igmp.qqic", "number_of_sources": "igmp.num_src",
        "sources": PARTS, "sources.source": "igmp.saddr",
    },
    "IGMPv3Report": {
        "reserved": "igmp.reserved", "number_of_records": "igmp.num_grp_recs", "records": PARTS,
    },
    "GroupRecord": {
        "type": "igmp.record_type", "auxiliary_length": "igmp.aux_data_len",
        "number_of_sources": "igmp.num_src", "group": "igmp.maddr", "sources": PARTS,
        "sources.source": "igmp.saddr", "auxiliary": "igmp.aux_data",
    },
}  # fmt: skip
