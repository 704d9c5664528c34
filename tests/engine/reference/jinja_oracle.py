"""Makes tests/data/jinja/rendered.json: own templates and what Jinja2, set up as Hugging Face does, writes for
them. Usage: jinja_oracle.py FILE"""

import json
import sys

import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

CHATML = """{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- else %}
    {{- '<|im_start|>system\\nYou are a goose.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set content = message.content %}
        {%- if '</think>' in content %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {{- '<|im_start|>assistant\\n' ~ content ~ '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
"""
ALTERNATING = """{{ bos_token }}{% for message in messages %}
{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
{{ raise_exception('roles must alternate') }}
{% endif %}
{% if message.role == 'user' %}human: {{ message['content'] | trim }} <sep> {% else %}assistant: {{ message['content'].strip() }} <sep> {% endif %}
{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}
"""
PIECES = [
    "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 1.5 * 2 }} {{ 3.0 }} {{ 1e3 }} {{ 10 | string + '1' }}",
    "{{ 'a' ~ 1 ~ none }} {{ [1, 2.0, 'x', true, none] }} {{ [\"it's\", 'q\"q'] }} {{ (1, 2)[0] }} {{ 'x' * 3 }}",
    "{{ {'a': 1, 'b': [1, 'q\"']} | tojson }} {{ {'a': [1, {'c': 'é\\n'}], 'e': []} | tojson(indent=2) }}",
    "{% macro f(a, b='d') %}<{{ a }}-{{ b }}>{% endmacro %}{{ f(1) }}{{ f(1, b=2) }}{{ f('x', 'y') | length }}",
    "{{ messages | map(attribute='role') | join(', ') }} {{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ (messages | last).role }}",
    "{% set x %}block {{ 1 + 1 }}{% endset %}{{ x }} {{ 'y' if not absent else 'n' }} {{ absent | default('dd') }}[{{ absent }}]",
    "{{ 'abc' in 'xabcx' }} {{ 'z' not in ['z'] }} {{ 'a' < 'b' }} {{ not (1 == 1 and 2 > 3) or false }} {{ {} == {} }} {{ 1 == 1.0 }}",
    "{% for k, v in {'q': 1, 'p': 2} | dictsort %}{{ k }}={{ v }};{% endfor %}{% for k, v in {0: 1, 512: 2}.items() %}{{ k + v }} {% endfor %}",
    "{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in range(9, 0, -3) if i != 6 %}{{ loop.index }}/{{ loop.length }}:{{ i }}{{ ' first' if loop.first }}{{ ' last' if loop.last }} {% endfor %}",
    "{% for q in [] %}1{% else %}empty{% endfor %}{% for a in 'äöü' %}{{ a }}-{{ loop.nextitem }} {% endfor %}",
    "{{ 'a-b_c d' | title }} {{ 'a-b_c d'.title() }} {{ 'HELLO'.lower().capitalize() }} [{{ '  x '.strip() }}] {{ 'xxaxx'.strip('x') }}",
    "{{ 'a,b,,c'.split(',') }} {{ ' a b  c'.split() }} {{ 'aXbXc'.split('X', 1) }} {{ 'aXbXc'.rsplit('X', 1) }} {{ 'a\\nb'.splitlines() }}",
    "{{ 'abcdef'[1:3] }} {{ 'abcdef'[::-1] }} {{ 'abc'[-2:] }} {{ [1,2,3][:-1] }} {{ [1,2,3][5:] }} {{ 'äbc'[0] }} {{ [1,2,3][::2] }} {{ [1,2,3][-1] }}",
    "{{ 3 is odd }} {{ 3 is divisibleby 3 }} {{ messages is iterable and messages is not string }} {{ loop is defined }} {{ none is none }} {{ 1 is number }}",
    "{# gone -#}   x {%- raw %} {{ not }} {% endraw -%} y\n  {% if true %}\n  kept\n  {%- endif +%}\nz\n{{ 1 }}\n",
    "{{ 'l1\\nl2' | indent(2) }} {{ [3, 1, 2] | sort | join('') }} {{ ['b', 'A'] | sort }} {{ [1, 2, 1] | unique | list }} {{ [1,2,3] | sum }} {{ [1,3,2] | max }}",
    "{{ messages[0].get('role', 'z') }}{{ messages[0].get('zz', 'z') }} {{ [[1,2],[3]] | map('length') | list }} {{ messages[1:] | length }}",
    "{% set ns = namespace(n=0, t='') %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% set inner = 5 %}{% endfor %}{{ ns.n }}{{ inner is defined }}",
    "{{ 'a' | replace('a', 'bb') }} {{ 'aXbX'.replace('X', '') }} {{ 'banana'.count('an') }} {{ 'banana'.find('n') }} {{ '12'.isdigit() }} {{ '5' | int + 1 }} {{ 'x' | int(3) }}",
    "{{ 'a\\tb\\\\' 'c' }} {{ \"d\\\"\" }} {{ true and 'x' or 'y' }} {{ [] or 'z' }} {{ 'ab' | first }}{{ 'ab' | last }} {{ [1, 2] | reverse | list }} {{ 2.5 | round }} {{ -3 | abs }}",
]
BROKEN = ["{{ 1 + }}", "{% if %}", "{% for x in y %}", "{{ a.b.c }}", "{{ 'a' + 1 }}", "{{ 1 // 0 }}", "{{ x | nofilter }}",
          "{{ 1 is notest }}", "{{ nofunction() }}", "{% endif %}", "{{ 'a'.nomethod() }}", "{{ raise_exception('no') }}", "{{", "{# x"]
CONVERSATIONS = [
    [("user", "Hello there")],
    [("system", "You fly."), ("user", " Hi a\nb ")],
    [("user", "Q1"), ("assistant", "<think>\nhm\n</think>\n\nA1"), ("user", "Q2 é 你")],
    [("user", "Q1"), ("assistant", "A1")],
]


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def main(path):
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                                extensions=[jinja2.ext.loopcontrols])
    environment.filters["tojson"] = lambda x, indent=None: json.dumps(x, ensure_ascii=False, indent=indent)
    environment.globals["raise_exception"] = raise_exception
    rows = []
    for template in [CHATML, ALTERNATING] + PIECES + BROKEN:
        whole = template in (CHATML, ALTERNATING)
        for conversation in CONVERSATIONS if whole else CONVERSATIONS[1:2]:
            for thinking in (True, False) if template is CHATML else (True,):
                variables = {"messages": [{"role": r, "content": c} for r, c in conversation], "bos_token": "<s>",
                             "add_generation_prompt": conversation[-1][0] == "user", "enable_thinking": thinking}
                try:
                    result = environment.from_string(template).render(**variables)
                except (jinja2.exceptions.TemplateError, ArithmeticError, TypeError):
                    result = None
                rows.append({"template": template, "variables": variables, "result": result})
    with open(path, "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")


main(sys.argv[1])
