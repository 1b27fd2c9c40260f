"""tshark's names for the fields of what programs say; `tshark_table` tells how to read them."""

PARTS = "- compared part by part"

RECORD = {
    "name": "dns.resp.name", "type": "dns.resp.type", "class_": "=dns.resp.class",
    "ttl": "=dns.resp.ttl", "rdlength": "dns.resp.len",
}  # fmt: skip
EDNS_OPTION = {"code": "dns.opt.code", "length": "dns.opt.len"}

BOOTP = {
    "op": "dhcp.type", "htype": "dhcp.hw.type", "hlen": "dhcp.hw.len", "hops": "dhcp.hops",
    "xid": "dhcp.id", "secs": "=dhcp.secs", "flags": "dhcp.flags", "ciaddr": "dhcp.ip.client",
    "yiaddr": "dhcp.ip.your", "siaddr": "dhcp.ip.server", "giaddr": "dhcp.ip.relay",
    "chaddr": "?dhcp.hw.mac_addr ~dhcp.hw.addr", "chaddr_padding": "?dhcp.hw.addr_padding",
    "sname": "?=dhcp.server", "file": "?=dhcp.file",
}  # fmt: skip
DHCP_OPTION = {"code": "dhcp.option.type", "length": "dhcp.option.length"}


def option(field: str, name: str) -> dict[str, str]:
    """The row of a DHCP option with one field more."""
    return DHCP_OPTION | {field: f"dhcp.option.{name}"}


def option_list(field: str, each: str, name: str) -> dict[str, str]:
    """The row of a DHCP option with a list."""
    return DHCP_OPTION | {field: PARTS, f"{field}.{each}": f"dhcp.option.{name}"}


PROGRAMS: dict[str, dict[str, str]] = {
    "DNS": {
        "id": "dns.id", "qr": "dns.flags.response", "opcode": "dns.flags.opcode",
        "aa": "?dns.flags.authoritative ?dns.flags.conflict", "tc": "dns.flags.truncated",
        "rd": "dns.flags.recdesired dns.flags.tentative", "ra": "?dns.flags.recavail@1",
        "z": "?dns.flags.z@1",
        "ad": "?dns.flags.authenticated@1", "cd": "?dns.flags.checkdisable@1",
        "rcode": "?dns.flags.rcode@1",
        "question_count": "dns.count.queries dns.count.zones",
        "answer_count": "dns.count.answers dns.count.prerequisites",
        "authority_count": "dns.count.auth_rr dns.count.updates",
        "additional_count": "dns.count.add_rr",
        "questions": PARTS, "answers": PARTS, "authorities": PARTS, "additionals": PARTS,
    },
    "DNSOverTCP": {"length": "dns.length"},
    "Question": {"name": "dns.qry.name", "type": "dns.qry.type", "class_": "=dns.qry.class"},
    "A": RECORD | {"address": "dns.a"},
    "AAAA": RECORD | {"address": "dns.aaaa"},
    "CNAME": RECORD | {"cname": "dns.cname"},
    "NS": RECORD | {"nsdname": "dns.ns"},
    "PTR": RECORD | {"ptrdname": "dns.ptr.domain_name"},
    "MX": RECORD | {"preference": "dns.mx.preference", "exchange": "dns.mx.mail_exchange"},
    "SOA": RECORD | {
        "mname": "dns.soa.mname", "rname": "dns.soa.rname", "serial": "dns.soa.serial_number",
        "refresh": "=dns.soa.refresh_interval", "retry": "=dns.soa.retry_interval",
        "expire": "=dns.soa.expire_limit", "minimum": "=dns.soa.minimum_ttl",
    },
    "SRV": RECORD | {
        "name": "- shown in three parts",
        "priority": "dns.srv.priority", "weight": "dns.srv.weight", "port": "dns.srv.port",
        "target": "dns.srv.target",
    },
    "TXT": RECORD | {"strings": PARTS},
    "CharacterString": {"length": "dns.txt.length", "text": "=dns.txt"},
    "UnknownRecord": RECORD | {"data": "- tshark knows many of these records"},
    "OPT": {
        "name": "dns.resp.name", "type": "dns.resp.type",
        "udp_payload_size": "=dns.rr.udp_payload_size", "extended_rcode": "dns.resp.ext_rcode",
        "version": "dns.resp.edns0_version", "dnssec_ok": "dns.resp.z.do",
        "z": "dns.resp.z.reserved", "rdlength": "dns.resp.len", "options": PARTS,
    },
    "ClientSubnet": EDNS_OPTION | {
        "family": "dns.opt.client.family", "source_prefix_length": "dns.opt.client.netmask",
        "scope_prefix_length": "dns.opt.client.scope", "address": "~dns.opt.data",
    },
    "Cookie": EDNS_OPTION | {
        "client_cookie": "dns.opt.cookie.client", "server_cookie": "dns.opt.cookie.server",
    },
    "TCPKeepalive": EDNS_OPTION | {"timeout": "dns.opt.edns_tcp_keepalive.timeout"},
    "Padding": EDNS_OPTION | {"padding": "dns.opt.padding"},
    "ExtendedError": EDNS_OPTION | {
        "info_code": "dns.opt.ext_error.info_code", "extra_text": "=dns.opt.ext_error.extra_text",
    },
    "UnknownEDNSOption": EDNS_OPTION | {"data": "dns.opt.data"},
    "DHCP": BOOTP | {"cookie": "=dhcp.cookie", "options": PARTS},
    "PlainBOOTP": BOOTP | {"vend": "- shown in parts"},
    "Pad": {"code": "?dhcp.option.padding"},
    "End": {"code": "dhcp.option.end", "padding": "?dhcp.option.padding"},
    "SubnetMask": option("subnet_mask", "subnet_mask"),
    "Router": option_list("routers", "address", "router"),
    "DNSServers": option_list("servers", "address", "domain_name_server"),
    "NTPServers": option_list("servers", "address", "ntp_server"),
    "HostName": option("host_name", "hostname"),
    "DomainName": option("domain_name", "domain_name"),
    "InterfaceMTU": option("mtu", "interface_mtu"),
    "BroadcastAddress": option("address", "broadcast_address"),
    "RequestedAddress": option("address", "requested_ip_address"),
    "ServerIdentifier": option("address", "dhcp_server_id"),
    "LeaseTime": DHCP_OPTION | {"seconds": "=dhcp.option.ip_address_lease_time"},
    "RenewalTime": DHCP_OPTION | {"seconds": "=dhcp.option.renewal_time_value"},
    "RebindingTime": DHCP_OPTION | {"seconds": "=dhcp.option.rebinding_time_value"},
    "Overload": option("overload", "option_overload"),
    "MessageType": option("type", "dhcp"),
    "ParameterRequestList": option_list("codes", "code", "request_list_item"),
    "Message": option("message", "message"),
    "MaximumMessageSize": option("size_limit", "dhcp_max_message_size"),
    "VendorClass": option("vendor_class", "vendor_class_id"),
    "ClientIdentifier": DHCP_OPTION | {
        "type": "dhcp.hw.type =dhcp.client_id.type dhcp.option.value",
        "identifier": "- by its type",
    },
    "TFTPServerName": option("name", "tftp_server_name"),
    "BootfileName": option("name", "bootfile_name"),
    "ClientFQDN": DHCP_OPTION | {
        "mbz": "dhcp.fqdn.mbz", "n": "dhcp.fqdn.n", "e": "dhcp.fqdn.e", "o": "dhcp.fqdn.o",
        "s": "dhcp.fqdn.s", "rcode1": "dhcp.fqdn.rcode1", "rcode2": "dhcp.fqdn.rcode2",
        "domain_name": "dhcp.fqdn.name",
    },
    "ClientFQDNText": DHCP_OPTION | {
        "mbz": "dhcp.fqdn.mbz", "n": "dhcp.fqdn.n", "e": "dhcp.fqdn.e", "o": "dhcp.fqdn.o",
        "s": "dhcp.fqdn.s", "rcode1": "dhcp.fqdn.rcode1", "rcode2": "dhcp.fqdn.rcode2",
        "domain_name": "dhcp.fqdn.name",
    },
    "RelayAgentInformation": DHCP_OPTION | {"data": "- shown in parts"},
    "ClasslessStaticRoutes": DHCP_OPTION | {"routes": PARTS},
    "Route": {
        "prefix_length": "- shown as text", "destination": "- shown as text",
        "router": "- shown as text",
    },
    "UnknownDHCPOption": DHCP_OPTION | {"data": "- tshark knows many of these options"},
    "Chat": dict.fromkeys(
        ("version", "kind", "length", "name_length", "name", "text"), "- the kit's own protocol"
    ),
    "HTTP": {
        "request_line": PARTS, "request_line.method": "=http.request.method",
        "request_line.target": "=http.request.uri",
        "request_line.version": "=http.request.version",
        "status_line": PARTS, "status_line.version": "=http.response.version",
        "status_line.status": "~http.response.code",
        "status_line.reason": "=http.response.phrase",
        "header": "=http.request.line =http.response.line",
    },
}  # fmt: skip
