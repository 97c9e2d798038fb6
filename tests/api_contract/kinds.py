"""A small app with every kind of field: its schemas are all that an app's can be."""

from __future__ import annotations

ALL_KINDS = """
app: kinds
label: 样样都有 | Kinds
version: 1
language: 1
languages: [zh, en]
timezone: Asia/Shanghai
currency: CNY
roles:
  director: {label: 总监 | Director, sees: all}
choices:
  colour: [red, green]
entities:
  thing:
    label: 东西 | Thing
    code: T<yyyy>-<####>
    title: name
    fields:
      name: {label: 名称 | Name, type: text}
      about: {label: 说明 | About, type: long}
      colour: {label: 颜色 | Colour, type: choice colour}
      colours: {label: 颜色们 | Colours, type: choices colour}
      weight: {label: 重量 | Weight, type: number.2}
      pieces: {label: 件数 | Pieces, type: integer}
      price: {label: 价格 | Price, type: money}
      share: {label: 份额 | Share, type: percent}
      is_new: {label: 全新 | New, type: yesno}
      bought_on: {label: 买于 | Bought, type: date}
      seen_at: {label: 看于 | Seen, type: time}
      took: {label: 用时 | Took, type: duration}
      mail: {label: 邮箱 | Mail, type: email}
      link: {label: 网址 | Link, type: url}
      phone: {label: 电话 | Phone, type: phone}
      photo: {label: 照片 | Photo, type: image}
      papers: {label: 文件 | Papers, type: files}
      spot: {label: 地点 | Spot, type: place}
      keeper: {label: 保管 | Keeper, type: person}
      parts: {label: 零件 | Parts, type: table part}
      value: {label: 总值 | Value, type: money = price * 2}
    access:
      director: {create: true, edit: true, delete: true}
  part:
    label: 零件 | Part
    part_of: thing
    title: name
    fields:
      name: {label: 名称 | Name, type: text}
    access:
      director: {create: true, edit: true, delete: true}
imports:
  things:
    label: 东西们 | Things
    to: thing
    columns: {名称: name, 颜色: colour, 价格: price, 零件: parts.name}
    same_when: [name]
    found: fill
"""
